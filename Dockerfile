# The server alone: it needs INCIDENT_MONGODB_URI, since the image holds no database.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY incident incident
COPY static static
COPY templates templates
RUN pip wheel --no-cache-dir --wheel-dir /wheels --constraint constraints.txt .

FROM python:3.13-slim-bookworm
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl \
 && rm -r /wheels \
 && useradd --system --uid 10001 --home-dir /data --create-home incident
USER 10001
WORKDIR /data
ENV INCIDENT_DATA=/data \
    INCIDENT_HOST=0.0.0.0 \
    INCIDENT_PORT=8080 \
    PYTHONUNBUFFERED=1
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['INCIDENT_PORT']}/healthz\", timeout=2)"]
CMD ["incident", "serve"]
