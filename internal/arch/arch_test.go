package arch_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osmanthus/internal/arch"
)

// TestTree judges the tree that this test is part of.
func TestTree(t *testing.T) {
	tree, err := arch.Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) < 10 {
		t.Fatalf("found %d Go files only: is ../.. the root of the module?", len(tree.Files))
	}
	for _, rule := range arch.Rules() {
		for _, finding := range rule.Check(tree) {
			t.Errorf("%s\n\trule %s: %s", finding, rule.Name, rule.Why)
		}
	}
}

// violation is a file that breaks a rule, and where the rule must see it.
type violation struct {
	file, source string
	at           string
}

// importing is a file in which line 3 imports path.
func importing(file, path string) violation {
	folder, _, _ := strings.Cut(strings.ReplaceAll(file, "-", ""), "/")
	return violation{file, "package " + folder + "\n\nimport _ \"" + path + "\"\n", file + ":3: "}
}

// planted has for each rule the violations that it must find. The rules about
// one module are planted by TestModulesArePlanted.
var planted = map[string][]violation{
	"top-level-folders": {
		{"server/x.go", "package server", "server: "},
		{"stray.go", "package stray", "stray.go: "},
	},
	"names-say-something": {
		{"agent/util/x.go", "package util", "agent/util: "},
		{"care/units/x.go", "package helpers", "care/units: "},
	},
	"no-init":         {{"agent/sense/x.go", "package sense\n\nfunc init() {}", "agent/sense/x.go:3: "}},
	"main-in-cmd":     {{"drivers/probe/main.go", "package main", "drivers/probe/main.go: "}},
	"package-comment": {{"agent/quiet/x.go", "package quiet", "agent/quiet: "}},

	"care-first": {
		importing("care/x.go", "osmanthus/wire"),
		importing("care/x.go", "golang.org/x/sync/errgroup"),
		importing("care/x_test.go", "osmanthus/agent/detect"),
	},
	"wire-next": {
		importing("wire/x.go", "osmanthus/agent/outbox"),
		importing("wire/x.go", "github.com/eclipse/paho.mqtt.golang"),
	},
	"agent-without-cloud": {
		importing("agent/agent.go", "osmanthus/cloud"),
		importing("agent/uplink/x_test.go", "osmanthus/cloud/ingest"),
	},
	"cloud-without-agent": {importing("cloud/ingest/x.go", "osmanthus/agent/uplink")},
	"drivers-know-no-people": {
		importing("drivers/max30102/x.go", "osmanthus/care"),
		importing("drivers/max30102/x_test.go", "osmanthus/agent/sim"),
		importing("firmware-bridge/x.go", "osmanthus/care"),
	},
	"probe-is-a-bench-tool": {importing("drivers/cmd/osmanthus-probe/x.go", "osmanthus/agent/sense")},
	"drivers-through-sense": {
		importing("agent/agent.go", "osmanthus/drivers/mpu6050"),
		importing("agent/local/x.go", "osmanthus/firmware-bridge"),
		importing("cloud/api/x.go", "osmanthus/drivers"),
		importing("deploy/demo/x.go", "osmanthus/drivers/max30102"),
	},
	"pure-signal": {
		importing("agent/signal/x.go", "osmanthus/wire"),
		importing("agent/signal/x.go", "gonum.org/v1/gonum/dsp/fourier"),
	},
	"pure-detect": {importing("agent/detect/x.go", "osmanthus/agent/outbox")},
	"pure-alarm":  {importing("cloud/alarm/x.go", "osmanthus/cloud/sql")},
	"pure-means-no-io": {
		importing("agent/detect/x.go", "os"),
		importing("agent/signal/x.go", "log/slog"),
		importing("cloud/alarm/x.go", "net/http"),
		importing("cloud/alarm/x.go", "math/rand/v2"),
	},
	"opaque-outbox": {
		importing("agent/outbox/x.go", "osmanthus/wire"),
		importing("agent/outbox/x.go", "osmanthus/care"),
	},
	"agent-siblings": {
		importing("agent/sense/x.go", "osmanthus/agent/detect"),
		importing("agent/uplink/x.go", "osmanthus/agent/outbox"),
		importing("agent/local/x.go", "osmanthus/wire"),
		importing("agent/health/x.go", "osmanthus/agent/config"),
		importing("agent/config/x.go", "osmanthus/agent/sense"),
		importing("agent/brandnew/x.go", "osmanthus/wire"),
		importing("agent/cmd/osmanthus-agent/main.go", "osmanthus/agent/eval"),
		importing("agent/replay/x.go", "osmanthus/agent/eval/recordings"),
		importing("agent/eval/recordings/x.go", "osmanthus/care"),
		importing("agent/cmd/osmanthus-agent/main.go", "osmanthus/agent/sense"),
		importing("agent/sense/x.go", "osmanthus/agent/sim"),
	},
	"cloud-siblings": {
		importing("cloud/ingest/x.go", "osmanthus/cloud/influx"),
		importing("cloud/api/x.go", "osmanthus/cloud/sql"),
		importing("cloud/influx/x.go", "osmanthus/wire"),
		importing("cloud/config/x.go", "osmanthus/cloud/sql"),
		importing("cloud/cmd/osmanthus-cloud/main.go", "osmanthus/cloud/broker"),
	},
	"wiring-is-on-top": {
		importing("agent/sense/x.go", "osmanthus/agent"),
		importing("deploy/demo/x.go", "osmanthus/cloud"),
	},
	"child-stands-alone": {importing("deploy/child/x.go", "osmanthus/care")},
	"deploy-starts-processes": {
		importing("deploy/demo/x.go", "osmanthus/agent/detect"),
		importing("deploy/demo/x.go", "osmanthus/cloud/alarm"),
		importing("deploy/deb/x.go", "osmanthus/care"),
	},
	"only-e2e-sees-all": {importing("deploy/demo/x.go", "osmanthus/e2e")},
	"arch-stands-outside": {
		importing("internal/arch/x.go", "golang.org/x/tools/go/packages"),
		importing("internal/arch/x.go", "osmanthus/internal/yamlfile"),
	},
	"internal-knows-nobody": {
		importing("internal/yamlfile/x.go", "osmanthus/care"),
		importing("internal/yamlfile/x_test.go", "osmanthus/agent/config"),
		importing("internal/yamlfile/x.go", "golang.org/x/sync/errgroup"),
		importing("internal/brandnew/x.go", "osmanthus/internal/yamlfile"),
	},
	"settings-in-two-rooms": {
		importing("agent/agent.go", "osmanthus/internal/yamlfile"),
		importing("cloud/api/x.go", "osmanthus/internal/yamlfile"),
		importing("drivers/bus/x.go", "osmanthus/internal/yamlfile"),
	},
	"sql-in-one-room": {importing("cloud/alarm/x.go", "database/sql")},
	"test-modules":    {importing("wire/x.go", "github.com/google/go-cmp/cmp")},
	"known-modules":   {importing("cloud/api/x.go", "github.com/gin-gonic/gin")},
}

// TestRulesFindPlantedViolations plants each violation in a tree that keeps all
// rules, and wants its rule to name the very place.
func TestRulesFindPlantedViolations(t *testing.T) {
	for _, rule := range arch.Rules() {
		violations := planted[rule.Name]
		if len(violations) == 0 && !strings.HasPrefix(rule.Name, "module ") {
			t.Errorf("rule %s: nothing is planted, so nothing says that it finds anything", rule.Name)
		}
		for _, v := range violations {
			wantFound(t, rule, v)
		}
	}
	for name := range planted {
		if !slices.ContainsFunc(arch.Rules(), func(r arch.Rule) bool { return r.Name == name }) {
			t.Errorf("planted for rule %s, which does not exist", name)
		}
	}
}

// TestModulesArePlanted imports each wrapped module where it does not belong.
func TestModulesArePlanted(t *testing.T) {
	for _, rule := range arch.Rules() {
		pattern, ok := strings.CutPrefix(rule.Name, "module ")
		if !ok {
			continue
		}
		module := strings.TrimSuffix(pattern, "/...")
		wantFound(t, rule, importing("care/x.go", module))
		wantFound(t, rule, importing("care/x_test.go", module))
		wantFound(t, rule, importing("internal/arch/x.go", module+"/v9/inner"))
	}
}

// TestAProgramsConfigSeesNoYAML plants what was allowed before there was
// internal/yamlfile; the tests of both may still walk their reference file.
func TestAProgramsConfigSeesNoYAML(t *testing.T) {
	n := slices.IndexFunc(arch.Rules(), func(r arch.Rule) bool { return strings.HasPrefix(r.Name, "module go.yaml.in/") })
	for _, file := range []string{"agent/config/x.go", "cloud/config/x.go"} {
		wantFound(t, arch.Rules()[n], importing(file, "go.yaml.in/yaml/v3"))
	}
}

func wantFound(t *testing.T, rule arch.Rule, v violation) {
	t.Helper()
	fsys := keeping()
	fsys[v.file] = &fstest.MapFile{Data: []byte(v.source)}
	tree, err := arch.Read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	found := rule.Check(tree)
	if len(found) != 1 || !strings.HasPrefix(found[0].String(), v.at) {
		t.Errorf("rule %s: planted in %s:\n%s\nfound %v, want one at %q", rule.Name, v.file, v.source, found, v.at)
	}
}

// keeping is a small tree that keeps every rule, exceptions included.
func keeping() fstest.MapFS {
	fsys := fstest.MapFS{}
	for file, source := range map[string]string{
		"care/care.go":                       "// Package care is words.\npackage care",
		"care/care_test.go":                  "package care_test\n\nimport _ \"osmanthus/care\"\nimport _ \"pgregory.net/rapid\"\nimport _ \"os\"",
		"wire/wire.go":                       "// Package wire is bytes.\npackage wire\n\nimport _ \"osmanthus/care\"\nimport _ \"github.com/fxamacker/cbor/v2\"",
		"wire/kinds_string.go":               "// Code generated by stringer. DO NOT EDIT.\n\npackage wire\n\nfunc init() {}",
		"drivers/mpu6050/mpu6050.go":         "// Package mpu6050 is a chip.\npackage mpu6050\n\nimport _ \"periph.io/x/conn/v3/i2c\"",
		"drivers/cmd/osmanthus-probe/x.go":   "// Command osmanthus-probe lists.\npackage main\n\nimport _ \"osmanthus/wire\"",
		"agent/agent.go":                     "// Package agent wires.\npackage agent\n\nimport _ \"osmanthus/agent/sense\"\nimport _ \"osmanthus/agent/outbox\"\nimport _ \"osmanthus/wire\"",
		"agent/config/config.go":             "// Package config reads.\npackage config\n\nimport _ \"osmanthus/internal/yamlfile\"\nimport _ \"osmanthus/care\"",
		"agent/config/config_test.go":        "package config\n\nimport _ \"go.yaml.in/yaml/v3\"",
		"agent/sense/sense.go":               "// Package sense reads.\npackage sense\n\nimport _ \"osmanthus/drivers/mpu6050\"",
		"agent/sense/sense_test.go":          "package sense\n\nimport _ \"osmanthus/agent/sim\"",
		"agent/sim/sim.go":                   "// Package sim plays.\npackage sim\n\nimport _ \"osmanthus/drivers/mpu6050\"",
		"agent/outbox/outbox.go":             "// Package outbox keeps.\npackage outbox\n\nimport _ \"golang.org/x/sys/unix\"",
		"agent/uplink/uplink.go":             "// Package uplink sends.\npackage uplink\n\nimport _ \"github.com/eclipse/paho.mqtt.golang\"",
		"agent/detect/detect_test.go":        "package detect\n\nimport _ \"os\"\nimport _ \"osmanthus/agent/eval/recordings\"",
		"agent/cmd/osmanthus-agent/main.go":  "// Command osmanthus-agent runs.\npackage main\n\nimport _ \"osmanthus/agent\"\n\nfunc main() {}",
		"agent/outbox/testdata/bad/broken.x": "nonsense",
		"agent/outbox/testdata/bad/bad.go":   "nonsense, but not Go's to read",
		"cloud/cloud.go":                     "// Package cloud wires.\npackage cloud\n\nimport _ \"osmanthus/cloud/sql\"\nimport _ \"osmanthus/deploy/child\"",
		"cloud/config/config.go":             "// Package config reads.\npackage config\n\nimport _ \"osmanthus/internal/yamlfile\"",
		"cloud/sql/sql.go":                   "// Package sql keeps.\npackage sql\n\nimport _ \"database/sql\"\nimport _ \"osmanthus/cloud/alarm\"\nimport _ \"modernc.org/sqlite\"",
		"deploy/child/child.go":              "// Package child runs.\npackage child\n\nimport _ \"os/exec\"",
		"deploy/influxd/go.mod":              "module other",
		"deploy/influxd/main.go":             "package main\n\nimport _ \"github.com/influxdata/influxdb\"\n\nfunc init() {}",
		"e2e/e2e_test.go":                    "package e2e\n\nimport _ \"osmanthus/agent\"\nimport _ \"osmanthus/cloud\"\nimport _ \"github.com/eclipse/paho.mqtt.golang\"",
		"internal/arch/arch_test.go":         "package arch_test\n\nimport _ \"osmanthus/internal/arch\"",
		"internal/yamlfile/yamlfile.go":      "// Package yamlfile reads.\npackage yamlfile\n\nimport _ \"go.yaml.in/yaml/v3\"",
		".github/x.go":                       "not looked at",
		"bin/x":                              "",
	} {
		fsys[file] = &fstest.MapFile{Data: []byte(source)}
	}
	return fsys
}

func TestKeepingTreeKeepsTheRules(t *testing.T) {
	tree, err := arch.Read(keeping())
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range arch.Rules() {
		for _, finding := range rule.Check(tree) {
			t.Errorf("%s (rule %s)", finding, rule.Name)
		}
	}
}

func TestReadRefusesWhatIsNotGo(t *testing.T) {
	if _, err := arch.Read(fstest.MapFS{"care/x.go": {Data: []byte("pakage care")}}); err == nil {
		t.Error("a file that does not parse was passed over")
	}
}
