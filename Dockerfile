# docs/operations.md tells how to run it.

FROM python:3.11-slim-bookworm AS frontend
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements-frontend.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-frontend.lock
COPY frontend/ ./frontend/
RUN npm --prefix frontend ci && npm --prefix frontend run build

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/venv/bin:$PATH
WORKDIR /app
# --build-arg REQUIREMENTS=requirements-sentry.lock adds what SENTRY_DSN needs, requirements-redis.lock what REDIS_URL does.
ARG REQUIREMENTS=requirements.lock
COPY requirements.lock requirements-redis.lock requirements-sentry.lock ./
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements.lock -r "$REQUIREMENTS"
COPY . ./
COPY --from=frontend /app/static/build ./static/build
# The key and the name are for these commands alone; neither stays in the image.
RUN rm -r frontend \
    && pybabel compile -d locale -D django \
    && SECRET_KEY=build ALLOWED_HOSTS=build VAR_DIR=/app/var python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
# /data holds the counts of requests, and the SQLite database unless DATABASE_URL names another; /app is never written to.
ENV DATABASE_URL=sqlite:////data/register.sqlite3 \
    GUNICORN_CMD_ARGS=--worker-tmp-dir=/dev/shm \
    HOST=0.0.0.0 \
    PATH=/venv/bin:$PATH \
    PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_DIR=/app/var/static \
    VAR_DIR=/data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app ./
RUN install -d -o 10001 -g 10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "bin/healthy"]
CMD ["bin/serve"]
