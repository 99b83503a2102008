// Argo CD's server for config management plugins, and the repo server's side of it:
//
//	main serve [--config-dir-path FOLDER …]       as argocd-cmp-server
//	main generate SOCKET FOLDER [NAME=VALUE …]    sends the folder and the environment, prints the manifests
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/cmp"
)

func generate(socket, folder string, env []string) error {
	connection, client, err := apiclient.NewConfigManagementPluginClientSet(socket).NewConfigManagementPluginClient()
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := client.GenerateManifest(context.Background())
	if err != nil {
		return err
	}
	if err := cmp.SendRepoStream(stream.Context(), folder, folder, stream, env, nil); err != nil {
		return err
	}
	answer, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	for _, manifest := range answer.Manifests {
		fmt.Println("---\n" + manifest)
	}
	return nil
}

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "serve":
		command := commands.NewCommand()
		command.SetArgs(args[1:])
		return command.Execute()
	case len(args) > 2 && args[0] == "generate":
		return generate(args[1], args[2], args[3:])
	}
	return errors.New("serve [FLAG …], or generate SOCKET FOLDER [NAME=VALUE …]")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
