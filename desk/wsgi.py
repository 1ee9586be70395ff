"""Pages and API over WSGI (gunicorn in production): connections to the database are kept and reused."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
application = get_wsgi_application()

from desk.demo_guard import refuse_demo_members  # noqa: E402 - models exist only from here on

refuse_demo_members()
