# docker build -t instrument-net .
# docker build -t instrument-net --build-arg TORCH_BACKEND=cu130 .     (NVIDIA; run with --gpus all)
# docker run --rm -v "$PWD:/work" instrument-net predict recordings/
FROM python:3.11-slim

# The PyTorch that uv chooses: cpu, or a version of CUDA.
ARG TORCH_BACKEND=cpu
ARG EXTRAS=train,export,codecs

WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY conf conf
COPY instrument_net instrument_net
RUN pip install --no-cache-dir -c constraints.txt uv \
    && uv pip install --system --no-cache --compile-bytecode --torch-backend="$TORCH_BACKEND" \
        -c constraints.txt ".[$EXTRAS]" \
    && rm -rf /source

WORKDIR /work
# Any user can run it: with --user "$(id -u):$(id -g)", what it writes is one's own.
ENV HOME=/tmp
ENTRYPOINT ["instrument-net"]
CMD ["--help"]
