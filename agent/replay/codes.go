package replay

import (
	"fmt"
	"math"
	"strings"

	"osmanthus/care"
)

// codes are the words for metrics whose values are states.
var codes = map[care.Metric]map[string]float64{
	care.Consciousness: {
		"a": care.ACVPUAlert, "alert": care.ACVPUAlert, "c": care.ACVPUConfusion, "confusion": care.ACVPUConfusion,
		"v": care.ACVPUVoice, "voice": care.ACVPUVoice, "p": care.ACVPUPain, "pain": care.ACVPUPain,
		"u": care.ACVPUUnresponsive, "unresponsive": care.ACVPUUnresponsive,
	},
	care.BedPosture: {
		"unknown": care.PostureUnknown, "back": care.PostureBack, "left": care.PostureLeft, "right": care.PostureRight,
		"stomach": care.PostureStomach, "sitting": care.PostureSitting,
	},
}

// value reads cell i of a row as a value of a metric: a number, or a word.
func (r *row) value(i int, m care.Metric) float64 {
	words := codes[m]
	if r.err != nil || r.memory != nil || words == nil {
		return r.number(i, "value")
	}
	if v, ok := words[strings.ToLower(r.cells[i])]; ok {
		return v
	}
	v := r.number(i, "value")
	if r.err != nil {
		r.err = fmt.Errorf("column value: %q is no %v: want a number or a word of agent/replay/profile.md", r.cells[i], m)
		return math.NaN()
	}
	return v
}
