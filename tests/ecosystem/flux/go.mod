module github.com/fluxcd/helm-controller/internal/helm-cleaner

go 1.26.0

require (
	github.com/fluxcd/helm-controller v1.6.3
	github.com/fluxcd/helm-controller/api v1.6.3
	sigs.k8s.io/yaml v1.6.0
)

// As helm-controller's own go.mod has it; a replacement counts only in the module that is built.
replace (
	github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1-0.20231025023718-d50d2fec9c98
	sigs.k8s.io/kustomize/api => sigs.k8s.io/kustomize/api v0.21.1
	sigs.k8s.io/kustomize/kyaml => sigs.k8s.io/kustomize/kyaml v0.21.1
)
