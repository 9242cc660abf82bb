# cn-validator with a headless Chromium, run by a user without root rights:
#
#   docker build -t cn-validator .
#   docker run --rm -v "$PWD:/project" cn-validator run scenarios

FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY schemas schemas
COPY scenarios scenarios
COPY validator validator
RUN python -m venv /opt/cn-validator \
    && /opt/cn-validator/bin/pip install --no-cache-dir '.[demo,metrics,otel,reconcile,watch]'

FROM python:3.13-slim
COPY --from=build /opt/cn-validator /opt/cn-validator
ENV PATH=/opt/cn-validator/bin:$PATH PYTHONUNBUFFERED=1
# Debian's own package of the browser is small and gets security updates with the system.
RUN cn-validator browser install --system \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 shopper
USER 1000
WORKDIR /project
ENTRYPOINT ["cn-validator"]
CMD ["--help"]
