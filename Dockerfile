# One image for every process: `faturaflow worker …`, `faturaflow sandbox …`, `faturaflow topics apply`.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements/runtime.txt requirements/
RUN python -m venv /opt/faturaflow && /opt/faturaflow/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md THIRD_PARTY_NOTICES ./
COPY app app
COPY providers providers
COPY schemas schemas
RUN /opt/faturaflow/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 faturaflow && mkdir -p /var/lib/faturaflow && chown faturaflow /var/lib/faturaflow
COPY --from=build /opt/faturaflow /opt/faturaflow
ENV PATH=/opt/faturaflow/bin:$PATH \
    FATURAFLOW_DATA_DIR=/var/lib/faturaflow/data \
    FATURAFLOW_DATABASE=sqlite:////var/lib/faturaflow/faturaflow.db
USER faturaflow
WORKDIR /var/lib/faturaflow
ENTRYPOINT ["faturaflow"]
