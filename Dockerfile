# The application: workers, migrations and the funnel command. No ClickHouse engine and no test tools inside.
FROM python:3.11.14-slim-bookworm AS wheels
COPY requirements.lock .
# Every package of the lock file, checked by its hash; tools that the application does not need stay in this stage.
RUN pip download --no-cache-dir --require-hashes --no-deps --only-binary=:all: -r requirements.lock -d /wheels
COPY . /source
# pip sees only the checked files, so versions and hashes are those of the lock file.
RUN pip wheel --no-cache-dir --no-index --find-links=/wheels --no-deps /source -w /wheels

FROM python:3.11.14-slim-bookworm
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-compile --no-index --find-links=/wheels webinar-funnel
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin funnel \
    && install -d -m 0700 -o 10001 -g 10001 /var/lib/funnel
WORKDIR /app
USER 10001:10001
# Each process writes its heartbeat there; `python -m process.heartbeat` reads it for the health check. Its metrics are
# for Prometheus within the network of the containers; the port is not published.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FUNNEL_HEARTBEAT=/tmp/heartbeat FUNNEL_METRICS=0.0.0.0:9464
CMD ["funnel", "worker"]
