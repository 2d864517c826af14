# onrecord in a container: `docker compose up`, or by hand:
#   docker build -t onrecord .
#   docker run --init --rm -v onrecord-data:/data onrecord onrecord init
#   docker run --init -v onrecord-data:/data --read-only --tmpfs /tmp onrecord
# It needs /data and /tmp; everything else may be read-only. `--init` passes a stop on at any time.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE onrecord.py prefect.yaml ./
COPY flows flows
COPY transforms transforms
COPY warehouse warehouse
COPY seeds seeds
# pip compiles the modules: a read-only container could not keep their bytecode.
RUN python -m venv /opt/onrecord \
    && /opt/onrecord/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt . \
    && /opt/onrecord/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim
RUN useradd --uid 1000 --home-dir /data --no-create-home onrecord \
    && install -d -o onrecord -g onrecord -m 700 /data
COPY --from=build /opt/onrecord /opt/onrecord
ENV PATH=/opt/onrecord/bin:$PATH \
    ONRECORD_DATA=/data \
    PYTHONDONTWRITEBYTECODE=1
USER onrecord
WORKDIR /data
VOLUME /data
EXPOSE 4200 8765
# The first poll may take half an hour.
HEALTHCHECK --interval=5m --timeout=30s --start-period=45m --retries=2 \
    CMD ["onrecord", "status", "--fail-if-older", "2h"]
CMD ["onrecord", "serve"]
