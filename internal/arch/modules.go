package arch

const (
	cborModule = "github.com/fxamacker/cbor/..."
	yamlModule = "go.yaml.in/yaml/..."
)

// testModules may be imported by any test file, and by nothing else.
var testModules = []string{
	"github.com/google/go-cmp/...",
	"go.uber.org/goleak/...",
	"pgregory.net/rapid/...",
}

// module says who may import one third-party module. As a rule that is one
// package, named after what it wraps, so that the module can be replaced there.
type module struct {
	path  string
	who   []string
	tests []string // packages whose tests may import it as well
}

var modules = []module{
	{path: cborModule, who: []string{"wire", "wire/senml"}},
	{path: "github.com/eclipse/paho.mqtt.golang/...", who: []string{"agent/uplink", "agent/sense/radio", "cloud/ingest"}, tests: []string{"cloud/broker"}},
	{path: "github.com/mochi-mqtt/server/...", who: []string{"cloud/broker"}, tests: []string{"agent/uplink", "agent/sense/radio", "cloud/ingest"}},
	{path: "github.com/influxdata/influxdb-client-go/...", who: []string{"cloud/influx"}},
	{path: "github.com/influxdata/line-protocol/...", who: []string{"cloud/influx"}},
	{path: "modernc.org/sqlite/...", who: []string{"cloud/sql"}},
	{path: "github.com/pressly/goose/...", who: []string{"cloud/sql"}},
	{path: "github.com/danielgtaylor/huma/...", who: []string{"cloud/api/..."}},
	{path: "github.com/alexedwards/scs/...", who: []string{"cloud/api/..."}},
	{path: "golang.org/x/crypto/...", who: []string{"cloud/api/..."}},
	{path: "golang.org/x/time/...", who: []string{"cloud/api/..."}},
	{path: yamlModule, who: []string{"internal/yamlfile"}, tests: []string{"agent/config", "cloud/config"}},
	// What a bus is: the drivers' own vocabulary, and the lamp's pin.
	{path: "periph.io/x/conn/...", who: []string{"drivers/...", "firmware-bridge/...", "agent/sense", "agent/sim/...", "agent/local", "deploy/demo"}, tests: []string{"agent"}},
	{path: "periph.io/x/host/...", who: []string{"drivers/bus"}},
	{path: "go.bug.st/serial/...", who: []string{"drivers/bus"}},
	{path: "github.com/flynn/noise/...", who: []string{"drivers/esphome"}},
	{path: "github.com/godbus/dbus/...", who: []string{"drivers/bluez/..."}},
	{path: "github.com/godbus/dbus/v5/...", who: []string{"drivers/bluez/..."}},
	{path: "golang.org/x/sys/...", who: []string{"agent/outbox", "agent/health", "drivers/bus"}},
	{path: "gonum.org/v1/gonum/...", who: []string{"agent/eval/network"}},
	// The page is looked at by a real browser, in the end-to-end tests only.
	{path: "github.com/chromedp/...", who: []string{"e2e/..."}},
	// Neither wraps anything: counting, and waiting for goroutines, is everybody's.
	{path: "github.com/VictoriaMetrics/metrics/...", who: []string{"agent", "agent/...", "cloud", "cloud/..."}},
	{path: "golang.org/x/sync/...", who: []string{"agent", "agent/...", "cloud", "cloud/...", "deploy/demo/..."}},
}

// moduleRules are one rule for each module, one for those that only tests
// import, and one for those that nobody spoke for.
func moduleRules() []Rule {
	known := append([]string{}, testModules...)
	var rules []Rule
	for _, m := range modules {
		known = append(known, m.path)
		rules = append(rules, Rule{
			"module " + m.path,
			"a third-party module is wrapped by one package, so that it can be replaced there; internal/arch/modules.go says which",
			func(t *Tree) []Finding {
				return eachImport(t, func(f *File, i Import) string {
					if !in(i.Path, []string{m.path}) || in(f.Folder(), m.who) || in(f.Folder(), []string{"e2e/..."}) ||
						f.Test && in(f.Folder(), m.tests) {
						return ""
					}
					return f.Folder() + " imports " + i.Path
				})
			},
		})
	}
	return append(rules,
		Rule{"test-modules", "what helps to test does not belong into a program",
			func(t *Tree) []Finding {
				return eachImport(t, func(f *File, i Import) string {
					if f.Test || !in(i.Path, testModules) || in(f.Folder(), []string{"e2e/..."}) {
						return ""
					}
					return f.Folder() + " imports " + i.Path + " outside of a test"
				})
			}},
		Rule{"known-modules", "every dependency is a decision: give it a row in internal/arch/modules.go",
			func(t *Tree) []Finding {
				return eachImport(t, func(f *File, i Import) string {
					if !thirdParty(i.Path) || in(i.Path, known) {
						return ""
					}
					return f.Folder() + " imports " + i.Path
				})
			}})
}
