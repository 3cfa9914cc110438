# One image for every process: the command says which one it is.
FROM python:3.13-slim AS build
WORKDIR /sojourn
COPY requirements-bootstrap.lock requirements.lock ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-bootstrap.lock \
 && .venv/bin/uv pip install --no-cache --python .venv/bin/python --require-hashes -r requirements.lock
COPY . .
RUN .venv/bin/uv pip install --no-cache --python .venv/bin/python --no-deps --no-build-isolation -e .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /sojourn --shell /usr/sbin/nologin sojourn \
 && install -d -o sojourn /mail
WORKDIR /sojourn
COPY --from=build /sojourn /sojourn
ENV PATH=/sojourn/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
CMD ["uvicorn", "api.app:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000"]
