"""Every setting of the desk, read from the environment; what is missing or unsafe stops the start.

Modes (DESK_MODE): `production` (the default), `demo` (`make run`) and `test` (`make test`).
docs/operations.md lists every variable.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from desk.environment import read_database, read_flag, read_list, read_number, read_text

BASE_DIR = Path(__file__).resolve().parent.parent
DESK_MODE = read_text("DESK_MODE", "production")
if DESK_MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"DESK_MODE must be production, demo or test, not {DESK_MODE!r}.")
PRODUCTION = DESK_MODE == "production"
DATA_DIR = Path(read_text("DESK_DATA", str(BASE_DIR / "var")))

DEBUG = read_flag("DEBUG")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG is on. It shows secrets to strangers: take it off outside the demo.")

SECRET_KEY = read_text("SECRET_KEY", None if PRODUCTION else "demo-only-secret-key-" + "x" * 40)
SECRET_KEY_FALLBACKS = read_list("SECRET_KEY_FALLBACKS")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 characters of chance.")
# Fernet keys for the accounts' secrets, newest first: `manage.py new_key` prints one.
CREDENTIAL_KEYS = read_list(
    "CREDENTIAL_KEYS", "" if PRODUCTION else "ZGVtby1vbmx5LWtleS1ub3QtZm9yLXByb2R1Y3Rpb24="
)
if not CREDENTIAL_KEYS:
    raise ImproperlyConfigured("CREDENTIAL_KEYS is not set. Make one with `python manage.py new_key`.")

PUBLIC_URL = read_text("PUBLIC_URL", None if PRODUCTION else "http://127.0.0.1:8000")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the desk's host names, without a star.")

FORCE_NAME = read_text("FORCE_NAME", "Northshire Police")
INCIDENT_PREFIX = read_text("INCIDENT_PREFIX", "NS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "lucide",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "audit",
    "staff",
    "triage",
    "inbox",
    "connectors",
    "desk",
]
# Who answers what the rules' workbench asks of the past (triage.history.History).
TRIAGE_HISTORY = "inbox.queries.history.DeskHistory"
# The channels that this desk speaks: a channel is one folder under connectors/ and one word here.
CHANNELS = read_list("CHANNELS", "twitter,facebook,email,bluesky,mastodon")

MIDDLEWARE = [
    "desk.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "desk.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "desk.urls"
WSGI_APPLICATION = "desk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.context.describe_desk",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **read_database(),
        "CONN_MAX_AGE": read_number("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c statement_timeout=15000 -c lock_timeout=5000 "
            "-c idle_in_transaction_session_timeout=30000",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = read_text("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "staff.Member"
AUTHENTICATION_BACKENDS = ["staff.backends.DeskBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "queue"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if DESK_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-desk" if PRODUCTION else "desk"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = PRODUCTION and read_flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if read_flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "en-gb"
TIME_ZONE = read_text("DESK_TIME_ZONE", "Europe/London")
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(read_text("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": read_text("ATTACHMENTS_DIR", str(DATA_DIR / "attachments")),
            "file_permissions_mode": 0o640,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if DESK_MODE != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

EMAIL_HOST = read_text("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = read_number("EMAIL_PORT", 25)
EMAIL_HOST_USER = read_text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = read_text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = read_flag("EMAIL_USE_TLS", default=PRODUCTION)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read_text("DESK_FROM_EMAIL", "digital-desk@localhost")

# Where the outside world is: the real platforms, or the sandbox in the demo and in tests.
SANDBOX_URL = read_text("SANDBOX_URL", "") if not PRODUCTION else ""
SANDBOX_IMAP_PORT = read_number("SANDBOX_IMAP_PORT", 8143)
SANDBOX_SMTP_PORT = read_number("SANDBOX_SMTP_PORT", 8125)
OUTBOUND_LOOPBACK = not PRODUCTION
# Hosts of the force itself that web hooks may reach although their address is a private one.
OUTBOUND_PRIVATE_HOSTS = read_list("OUTBOUND_PRIVATE_HOSTS")
POLL_SECONDS = read_number("POLL_SECONDS", 15, at_least=1)
# The longest interval of a quiet account, unless its usual one is longer.
POLL_SLOWEST_SECONDS = read_number("POLL_SLOWEST_SECONDS", 30, at_least=1)
# How often a check item travels each account's path (0: never), at most as often as the channel allows.
CANARY_SECONDS = read_number("CANARY_SECONDS", 0 if DESK_MODE == "test" else 60)
# When nobody writes, how unlikely that must be (one in so many) and how long it must last for an alarm.
SILENCE_ODDS = read_number("SILENCE_ODDS", 10_000, at_least=2)
SILENCE_SHORTEST_SECONDS = read_number("SILENCE_SHORTEST_SECONDS", 1_800, at_least=60)
SILENCE_LONGEST_SECONDS = read_number("SILENCE_LONGEST_SECONDS", 86_400, at_least=60)
UNDO_SECONDS = read_number("UNDO_SECONDS", 5)
CLAIM_SECONDS = read_number("CLAIM_SECONDS", 300, at_least=10)
ESCALATION_REMIND_SECONDS = read_number("ESCALATION_REMIND_SECONDS", 300, at_least=10)
# Seconds to a first reply, by urgency.
FIRST_REPLY_TARGETS = {
    "critical": read_number("TARGET_CRITICAL_SECONDS", 300, at_least=1),
    "urgent": read_number("TARGET_URGENT_SECONDS", 900, at_least=1),
    "routine": read_number("TARGET_ROUTINE_SECONDS", 14_400, at_least=1),
    "none": read_number("TARGET_NONE_SECONDS", 86_400, at_least=1),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["inbox.api.parsing.JSONBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "inbox.api.errors.answer_with_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Digital Desk",
    "DESCRIPTION": "The desk's conversations, for scripts and other systems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

CELERY = {
    "broker_url": REDIS_URL,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "queue_order_strategy": "priority",
        "priority_steps": [0, 9],
    },
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "task_soft_time_limit": 60,
    "task_time_limit": 90,
    "worker_prefetch_multiplier": 1,
    "worker_soft_shutdown_timeout": 10.0,
    "worker_hijack_root_logger": False,
    "task_serializer": "json",
    "accept_content": ["json"],
    "timezone": "UTC",
    "beat_schedule": {
        "tick": {"task": "connectors.tick", "schedule": 0.5, "options": {"expires": 5}},
        "watch": {"task": "connectors.watch", "schedule": 10.0, "options": {"expires": 10}},
        "sweep": {"task": "inbox.sweep", "schedule": 5.0, "options": {"expires": 5}},
        "triage": {"task": "triage.sweep", "schedule": 2.0, "options": {"expires": 4}},
    },
    "beat_schedule_filename": str(DATA_DIR / "beat-schedule"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "desk.logs.ScrubSecrets"}},
    "formatters": {"line": {"()": "desk.logs.LineFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]},
    },
    "root": {"handlers": ["console"], "level": read_text("LOG_LEVEL", "INFO")},
    "loggers": {
        "celery": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "imapclient": {"level": "WARNING"},
        # These write whole requests with their tokens, however much else is logged.
        "oauthlib": {"level": "WARNING"},
        "requests_oauthlib": {"level": "WARNING"},
        "tweepy": {"level": "WARNING"},
        "msal": {"level": "WARNING"},
    },
}
