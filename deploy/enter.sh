#!/bin/sh
# What each container of the desk runs, by its name. Nothing starts on settings that `check --deploy` refuses.
set -eu

case "${1:-web}" in
migrate)
  python manage.py check --deploy --fail-level WARNING
  python manage.py migrate --no-input
  exec python manage.py collectstatic --no-input --verbosity 0
  ;;
web)
  exec gunicorn desk.wsgi:application --bind 0.0.0.0:8000 --worker-class gthread \
    --workers "${WEB_WORKERS:-2}" --threads "${WEB_THREADS:-8}" --timeout 60 --graceful-timeout 20 \
    --max-requests 20000 --max-requests-jitter 2000 --access-logfile - --forwarded-allow-ips "${PROXY_ADDRESSES:-127.0.0.1}"
  ;;
events)
  CONN_MAX_AGE=0 exec uvicorn desk.asgi:events --host 0.0.0.0 --port 8001 --no-access-log --timeout-graceful-shutdown 5
  ;;
worker)
  exec celery -A desk.celery worker --concurrency "${WORKER_PROCESSES:-4}" --loglevel WARNING \
    --without-gossip --without-mingle --max-tasks-per-child 5000
  ;;
beat)
  exec celery -A desk.celery beat --loglevel WARNING --pidfile=
  ;;
listen)
  exec python manage.py listen
  ;;
sweeper)
  exec python manage.py sweeper
  ;;
*)
  exec "$@"
  ;;
esac
