#!/bin/sh
# Make the secrets of a new installation under deploy/secrets/, in a folder that only you can enter; keeps what is there.
set -eu
cd "$(dirname "$0")"
# The containers read these files as their own user, so the folder is what keeps everyone else out.
umask 022
mkdir -p secrets
chmod 700 secrets
make() { [ -s "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"; }
random() { LC_ALL=C tr -dc 'A-Za-z0-9' < /dev/urandom | head -c "$1"; }
make database_password "$(random 40)"
make redis_password "$(random 40)"
make secret_key "$(random 64)"
# A Fernet key: 32 random bytes in URL-safe base64.
make credential_keys "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
make database_url "postgresql://desk:$(cat secrets/database_password)@db:5432/desk"
make redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
[ -e secrets/email_password ] || : > secrets/email_password
echo "The secrets are in deploy/secrets/. Keep a copy of credential_keys in escrow: without it no account's access can be read."
