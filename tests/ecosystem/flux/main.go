// Runs the post-renderers of a HelmRelease as Flux's helm-controller does: main FILE < manifests > manifests.
//
// The path of this module lies below helm-controller's, so that it may import what is internal there.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"

	v2 "github.com/fluxcd/helm-controller/api/v2"
	"github.com/fluxcd/helm-controller/internal/postrender"
)

func run() error {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	release := &v2.HelmRelease{}
	if err := yaml.UnmarshalStrict(text, release); err != nil {
		return err
	}
	manifests, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	rendered, err := postrender.BuildPostRenderers(release).Run(bytes.NewBuffer(manifests))
	if err != nil {
		return err
	}
	_, err = rendered.WriteTo(os.Stdout)
	return err
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
