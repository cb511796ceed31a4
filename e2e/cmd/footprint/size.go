package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"osmanthus/e2e/lab"
)

// size builds the agent for a processor, as it is released, and returns its
// size in bytes.
func size(ctx context.Context, dir, arch string) (int64, error) {
	bin := filepath.Join(dir, "osmanthus-agent-"+arch)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, "./agent/cmd/osmanthus-agent")
	cmd.Dir, cmd.Env = lab.Root(), append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOARM=7")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the agent for %s: %w\n%s", arch, err, out)
	}
	info, err := os.Stat(bin)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
