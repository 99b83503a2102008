# Helm 4 and helm-cleaner: a sidecar of Argo CD's repo server, a KRM function, a job in CI. What it holds of helm-cleaner is
# dist/helm-cleaner.pyz, which `make zipapp` and `make release-dry-run` write.
ARG DEBIAN=debian
ARG GO=golang

# By digest, so that a tag that moves changes nothing here; Dependabot renews them (.github/dependabot.yaml).
FROM docker.io/library/debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f AS debian
FROM docker.io/library/golang:1.26-trixie@sha256:87ffdb09b6a2e29ff910748b745395e8a0299aa80b7c0551cdca9b55e3fd2b3e AS golang

FROM ${GO} AS helm
ARG HELM=v4.3.2
# Built, not fetched: the Go module proxy and its checksum database vouch for what is compiled.
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath \
      -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=${HELM}" "helm.sh/helm/v4/cmd/helm@${HELM}" \
 && go version -m /out/helm > /out/helm.modules

FROM ${DEBIAN}
# The release workflow says which repository, commit and version.
ARG SOURCE=""
ARG REVISION=""
ARG VERSION=""
LABEL org.opencontainers.image.title="helm-cleaner" \
      org.opencontainers.image.description="Helm 4 with a post-renderer that checks the cleaner section of Polyaxon's charts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}"
# Debian's release fixes the versions; an exact one would be gone with the next security update.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/*
COPY --from=helm /out/helm /usr/local/bin/helm
COPY --from=helm /out/helm.modules /usr/local/share/helm.modules
ENV HELM_PLUGINS=/opt/helm-plugins \
    HELM_CACHE_HOME=/tmp/helm/cache HELM_CONFIG_HOME=/tmp/helm/config HELM_DATA_HOME=/tmp/helm/data
# Unpacked and compiled, it starts in half the time of the archive, in a file system that is read-only too.
RUN --mount=type=bind,source=dist/helm-cleaner.pyz,target=/mnt/helm-cleaner.pyz \
    python3 -m zipfile --extract /mnt/helm-cleaner.pyz /opt/helm-cleaner \
 && python3 -m compileall -q /opt/helm-cleaner \
 && site=$(python3 -c 'import site; print(site.getsitepackages()[0])') \
 && mkdir -p "$site" && echo /opt/helm-cleaner > "$site/helm-cleaner.pth" \
 && printf '%s\n' '#!/usr/bin/python3 -I' 'from helm_cleaner.cli import program' 'program()' > /usr/local/bin/helm-cleaner \
 && chmod 755 /usr/local/bin/helm-cleaner \
 && helm-cleaner plugin install > /dev/null \
 && rm -rf /tmp/helm
COPY image/plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
# As whom Argo CD's repo server runs; a KRM function may come as anybody else.
USER 999
ENTRYPOINT ["helm-cleaner"]
