# docker build -t instrument-net .
# docker build -t instrument-net --build-arg TORCH_BACKEND=cu130 .     (NVIDIA; run with --gpus all)
# docker run --rm -v "$PWD:/work" instrument-net predict best.ckpt recordings/
FROM python:3.11-slim

# The PyTorch that uv chooses: cpu, or a version of CUDA.
ARG TORCH_BACKEND=cpu
ARG EXTRAS=train,export,codecs

RUN pip install --no-cache-dir uv
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY conf conf
COPY instrument_net instrument_net
RUN uv pip install --system --no-cache --compile-bytecode --torch-backend="$TORCH_BACKEND" \
    ".[$EXTRAS]" && rm -rf /source

WORKDIR /work
# Any user can run it: with --user "$(id -u):$(id -g)", what it writes is one's own.
ENV HOME=/tmp
ENTRYPOINT ["instrument-net"]
CMD ["--help"]
