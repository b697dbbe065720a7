# monserv in a container: docs/DEPLOYMENT.md.
FROM python:3.13-slim

RUN groupadd --gid 10001 monserv \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data monserv \
    && install --directory --owner monserv --group monserv --mode 0700 /data
WORKDIR /opt/monserv

COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --only-binary :all: -r requirements.txt -c constraints.txt

COPY LICENSE config.py gunicorn.conf.py wsgi.py ./
COPY locales/ locales/
COPY migrations/ migrations/
COPY static/ static/
COPY templates/ templates/
COPY monserv/ monserv/

# Everybody who can reach the port comes from outside, so everybody logs in.
ENV SERVER_HOST=0.0.0.0 \
    SERVER_PORT=18904 \
    MONSERV_AUTH=required \
    MONSERV_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1

USER 10001:10001
VOLUME /data
EXPOSE 18904
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:18904/healthz', timeout=4)"]

# It takes signals and children as process 1 too, and needs no init beside it.
CMD ["python", "wsgi.py"]
