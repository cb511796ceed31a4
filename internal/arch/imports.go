package arch

// importRules are the directions of imports. Paths are folders of this tree;
// test files obey the rules, too, save for what a row grants them.
var importRules = []Rule{
	only("care-first",
		"care is the vocabulary that everything speaks, so it depends on nothing but the standard library",
		[]string{"care/..."}, []string{"care/..."}),
	only("wire-next",
		"both programs decode with wire for ever, so it knows only care and CBOR",
		[]string{"wire/..."}, []string{"wire/...", "care/...", cborModule}),
	never("agent-without-cloud",
		"a home detects and alarms with nobody's help",
		[]string{"agent/..."}, nil, []string{"cloud/..."}),
	never("cloud-without-agent",
		"the service knows a gateway only by what crosses the wire",
		[]string{"cloud/..."}, nil, []string{"agent/..."}),
	never("drivers-know-no-people",
		"a driver knows buses and bytes; what they mean for a resident is decided above it",
		[]string{"drivers/...", "firmware-bridge/..."}, []string{"drivers/cmd/..."},
		[]string{"care/...", "wire/...", "agent/...", "cloud/...", "deploy/..."}),
	only("probe-is-a-bench-tool",
		"the probe names metrics and decodes telemetry, but runs no part of an agent",
		[]string{"drivers/cmd/..."}, []string{"drivers/...", "firmware-bridge/...", "care/...", "wire/...", "periph.io/..."}),
	never("drivers-through-sense",
		"one package decides when a bus is touched; the models of the chips stand on the other side of the same bus",
		[]string{"..."}, []string{"drivers/...", "firmware-bridge/...", "agent/sense/...", "agent/sim/...", "e2e/..."},
		[]string{"drivers/...", "firmware-bridge/..."}),
	only("pure-signal",
		"filters are proved on recordings, so they see nothing but their input",
		[]string{"agent/signal/..."}, []string{"agent/signal/...", "care"}, recordings),
	only("pure-detect",
		"detection gives the same alerts live and on a recording, so it sees nothing but features and readings",
		[]string{"agent/detect/..."}, []string{"agent/detect/...", "agent/signal/...", "care"}, recordings),
	only("pure-alarm",
		"an alarm's life is replayed from its log, so its machine sees nothing but events",
		[]string{"cloud/alarm/..."}, []string{"cloud/alarm/...", "care"}),
	pure(),
	only("opaque-outbox",
		"the outbox stores bytes: a change of the wire must never make a stored alert unreadable",
		[]string{"agent/outbox/..."}, []string{"agent/outbox/...", "golang.org/x/sys/..."}),
	meet("agent-siblings",
		"the parts of an agent meet in agent.go only, so each can be read, tested and replaced alone",
		"agent", agentSiblings),
	meet("cloud-siblings",
		"the parts of the cloud meet in cloud.go only, so that each role runs alone with -run",
		"cloud", cloudSiblings),
	never("wiring-is-on-top",
		"a program is wired in one place, which nothing below it may lean on",
		[]string{"..."}, []string{"agent/cmd/...", "cloud/cmd/...", "e2e/..."}, []string{"agent", "cloud"}),
	only("child-stands-alone",
		"every program that starts a helper uses it, so it brings nothing along",
		[]string{"deploy/child/..."}, nil),
	meet("deploy-starts-processes",
		"the demo runs the programs as a house does: it moves the chips' registers and looks in from outside",
		"deploy", []sibling{
			{who: "demo/...", what: []string{"deploy/demo/...", "deploy/child", "agent/sim/...", "care", "wire"}},
			{who: "*"},
		}),
	never("only-e2e-sees-all",
		"what only works when both sides share memory is not proved",
		[]string{"..."}, []string{"e2e/..."}, []string{"e2e/..."}),
	only("arch-stands-outside",
		"a judge of the tree depends on none of it",
		[]string{"internal/arch/..."}, nil),
	only("internal-knows-nobody",
		"what both programs do alike knows neither of them, and no word of care",
		[]string{"internal/..."}, []string{yamlModule}),
	never("settings-in-two-rooms",
		"a setting that is read elsewhere stands in no reference file, and check does not see it",
		[]string{"..."}, []string{"agent/config/...", "cloud/config/...", "e2e/..."}, []string{"internal/yamlfile/..."}),
	never("sql-in-one-room",
		"SQL is written in one package, so a schema change is found by reading one folder",
		[]string{"..."}, []string{"cloud/sql/...", "e2e/..."}, []string{"database/sql/..."}),
}

// recordings reads the data sets beside the project: for tests and for eval.
const recordings = "agent/eval/recordings"

// agentSiblings: what each part of the agent may know of the rest.
var agentSiblings = []sibling{
	{who: "cmd/osmanthus-eval", what: []string{"agent/eval"}},
	{who: "cmd/...", what: []string{"agent", "agent/config", "agent/replay"}},
	{who: "config/...", what: []string{"care", "wire", "internal/yamlfile"}},
	{who: "sense/...", what: []string{"care", "agent/sense/...", "drivers/...", "firmware-bridge/...", "internal/wholefile"}, andTests: []string{"agent/sim/..."}},
	{who: "signal/...", what: []string{"care", "agent/signal/..."}, andTests: []string{recordings}},
	{who: "detect/...", what: []string{"care", "agent/detect/...", "agent/signal/..."}, andTests: []string{recordings}},
	{who: "replay/...", what: []string{"care", "agent/detect/...", "agent/signal/..."}, andTests: []string{recordings}},
	{who: "eval/recordings/..."},
	{who: "eval/...", what: []string{"care", "agent/eval/...", "agent/replay", "agent/detect/...", "agent/signal/..."}},
	{who: "outbox/...", what: []string{"agent/outbox/..."}},
	{who: "local/...", what: []string{"care", "agent/local/...", "internal/wholefile"}},
	{who: "uplink/...", what: []string{"care", "wire", "agent/uplink/..."}},
	{who: "sim/...", what: []string{"care", "agent/sim/...", "drivers/...", "firmware-bridge/..."}},
	{who: "*", what: []string{"care"}},
}

// cloudSiblings: what each part of the cloud may know of the rest.
var cloudSiblings = []sibling{
	{who: "cmd/...", what: []string{"cloud", "cloud/config"}},
	{who: "config/...", what: []string{"care", "wire", "internal/yamlfile"}},
	{who: "ingest/...", what: []string{"care", "wire", "cloud/ingest/..."}, andTests: []string{"cloud/broker", "cloud/influx", "cloud/pki", "cloud/sql", "deploy/child"}},
	{who: "broker/...", what: []string{"care", "wire", "cloud/broker/..."}, andTests: []string{"cloud/pki"}},
	{who: "influx/...", what: []string{"care"}, andTests: []string{"deploy/child"}},
	{who: "alarm/...", what: []string{"care", "cloud/alarm/..."}},
	{who: "notify/...", what: []string{"care", "cloud/notify/..."}},
	{who: "sql/...", what: []string{"care", "wire", "cloud/alarm", "cloud/sql/..."}},
	{who: "api/...", what: []string{"care", "cloud/alarm", "cloud/api/..."}},
	{who: "pki/...", what: []string{"care", "cloud/pki/...", "internal/wholefile"}},
	{who: "*", what: []string{"care"}},
}

// pure is the rule that what is proved on recordings does no input or output.
func pure() Rule {
	r := never("pure-means-no-io",
		"code that opens a file or a socket, or logs, does not give the same answer twice",
		[]string{"care/...", "wire/...", "agent/signal/...", "agent/detect/...", "cloud/alarm/..."}, nil,
		[]string{"os/...", "net/...", "syscall", "log/...", "database/sql/...", "os/exec", "math/rand/..."})
	all := r.Check
	r.Check = func(t *Tree) []Finding {
		sources := &Tree{}
		for _, f := range t.Files {
			if !f.Test { // tests read recordings and goldens
				sources.Files = append(sources.Files, f)
			}
		}
		return all(sources)
	}
	return r
}
