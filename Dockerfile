# The same wheel as `pipx install movie-club`, in a small image: data in the volume /data.
#   docker build -t movie-club .
#   docker run -it -p 8501:8501 -v club:/data movie-club    asks for passphrases, or makes one
# Nobody comes from the machine itself into a container, so it always serves behind the sign-in.
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
    MALLOC_ARENA_MAX=2 \
    PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8501
# With accounts the health check, too, is behind the sign-in: any answer will do.
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8501, timeout=4); c.request('GET', '/_stcore/health'); assert c.getresponse().status < 500"]
ENTRYPOINT ["movie-club"]
CMD ["share"]
