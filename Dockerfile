# Marv in a container: see docs/operations.md. Build: docker build -t marv .
FROM python:3.11-slim AS build

# "true" adds the embedded models, for a Marv without any provider.
ARG EMBEDDED=false
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app/.venv
RUN pip install --no-cache-dir "uv>=0.9"
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project $([ "$EMBEDDED" = true ] && echo "--extra embedded")
COPY README.md LICENSE NOTICE ./
COPY bot bot
COPY cogs cogs
COPY data data
RUN uv sync --locked --no-dev $([ "$EMBEDDED" = true ] && echo "--extra embedded")

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin marv \
    && install --directory --owner marv --group marv --mode 0700 /data
COPY --from=build /app /app
ENV MARV_DATA_DIR=/data MARV_LOG_FORMAT=json MARV_METRICS_PORT=9464 PYTHONUNBUFFERED=1
USER marv
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
# Healthy is: connected to Discord, as Marv's own metrics on the container's loopback say.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["/app/.venv/bin/python", "/app/deploy/healthcheck.py"]
COPY deploy/healthcheck.py /app/deploy/healthcheck.py
ENTRYPOINT ["/app/.venv/bin/marv"]
