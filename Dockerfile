# One image for web, events, worker, beat, listener and migrations; which one it is, its command says.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements/app.txt .
RUN python -m venv /opt/desk && /opt/desk/bin/pip install --no-cache-dir --require-hashes -r app.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /srv/desk desk \
 && mkdir -p /srv/desk /var/lib/desk/attachments /var/lib/desk/static \
 && chown -R desk /var/lib/desk
COPY --from=build /opt/desk /opt/desk
WORKDIR /srv/desk
COPY manage.py pyproject.toml ./
COPY desk desk
COPY connectors connectors
COPY inbox inbox
COPY triage triage
COPY staff staff
COPY audit audit
COPY templates templates
COPY static static
COPY deploy/enter.sh /usr/local/bin/enter
ENV PATH=/opt/desk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DESK_MODE=production DESK_DATA=/var/lib/desk DJANGO_SETTINGS_MODULE=desk.settings
USER desk
VOLUME ["/var/lib/desk"]
ENTRYPOINT ["enter"]
CMD ["web"]
