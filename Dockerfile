# The program in a small image, run by a user who is not root:
#
#   docker build -t flowtrail .
#   docker run --rm -v flowtrail:/lake -v "$PWD/logs":/logs:ro flowtrail load /logs
#   docker run --rm -it -v flowtrail:/lake flowtrail sql

FROM node:22-bookworm-slim AS console
WORKDIR /build
COPY web .
RUN npm ci && npm run build

FROM rust:1.95-slim-bookworm AS build
# zstd and the TLS library have parts in C.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev mold && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
COPY --from=console /build/dist /console
RUN FLOWTRAIL_CONSOLE=/console RUSTFLAGS="-Clink-arg=-fuse-ld=mold" cargo build --release --locked --package flowtrail

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 flowtrail \
 && install --directory --owner=flowtrail /lake
COPY --from=build /build/target/release/flowtrail /usr/local/bin/flowtrail
COPY LICENSE /usr/share/doc/flowtrail/LICENSE
USER flowtrail
ENV FLOWTRAIL_LAKE=/lake
VOLUME /lake
ENTRYPOINT ["flowtrail"]
CMD ["--help"]
