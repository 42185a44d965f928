# The same wheel as `pipx install movie-club`, in a small image: data in the volume /data.
#   docker build -t movie-club .
#   docker run -p 127.0.0.1:8501:8501 -v club:/data movie-club            this machine only
#   docker run -p 8501:8501 -v club:/data movie-club share                 behind a passphrase
ARG PYTHON=3.13-slim

FROM python:${PYTHON} AS build
# A compiler for processors that LightFM has no wheel for (ARM); the result runs on all of a kind.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ENV LIGHTFM_NO_CFLAGS=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /source/
RUN python -m venv /opt/club \
    && /opt/club/bin/pip install -r /source/requirements.txt "psycopg[binary]>=3.2,<4"
COPY . /source
RUN /opt/club/bin/pip install --no-deps /source

FROM python:${PYTHON}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 club \
    && install -d -o 10001 /data
COPY --from=build /opt/club /opt/club
ENV PATH=/opt/club/bin:$PATH \
    MOVIE_CLUB_VAR=/data \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
ENTRYPOINT ["movie-club"]
