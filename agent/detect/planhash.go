package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// rules are the versions of all rules, whether they speak or not. The models of
// falls bring their own.
var rules = []string{
	apnoeaRule, baselineRule, batteryRule, bedRule, bedEdgeRule, bedAwayRule, bedTurnRule, callRule, climateRule,
	episodeRule, wellRule, upRule, longLieRule, hazardRule, moduleFallRule, news2Rule, implausibleRule, powerRule, pulselessRule,
	radioRule, staleRule, sensorRule, thermalRule, vitalRule, waterRule, wornRule, lineRule,
}

// Hash returns 64 hexadecimal digits that change with whatever an engine of
// this plan judges by: the versions of the rules, limits and policies with
// their defaults filled in, exceptions, sources and their models. Of the zone it
// knows the name.
func (p Plan) Hash() string {
	h := sha256.New()
	to := json.NewEncoder(h)
	add := func(v any) {
		if err := to.Encode(v); err != nil { // a number that check refuses
			fmt.Fprintln(h, err)
		}
	}
	add(rules)
	for _, r := range roomRules {
		add(r.name)
	}
	add(p.limits())
	add(p.Overrides)
	add(p.Scale2)
	for _, s := range p.Sources {
		model := s.Fall
		if model == nil {
			model, _ = ShippedFallModel(s.Kind) // none for other kinds
		}
		if s.Fall = nil; model != nil {
			add(model.hash)
		}
		add(s.resolved())
		add(p.bedPolicy(s))
		add(p.fallPolicy(s.Resident))
	}
	for _, r := range p.Rooms {
		add(r.resolved())
		add(r.Still > 0) // given: it holds without a sensor at the front door, too
	}
	add(p.Apnoeas)
	add(p.Wears)
	add(p.Zone.String())
	return hex.EncodeToString(h.Sum(nil))
}
