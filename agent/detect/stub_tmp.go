package detect

import (
	"osmanthus/care"
	"time"
)

type none struct{}

func (none) Reading(care.Reading) []care.Alert { return nil }
func (none) Block(*care.Block) []care.Alert    { return nil }
func (none) Tick(time.Time) []care.Alert       { return nil }
func newSupervision(Source) Detector           { return none{} }
func newImplausible(Source) Detector           { return none{} }
func newFall(Source) Detector                  { return none{} }
func newVitals(Plan, Source) Detector          { return none{} }
func newBed(Plan, Source) Detector             { return none{} }

type dn struct{}

func (dn) derive(b *care.Block, o []care.Reading) []care.Reading { return o }
func newMotion(Source) deriver                                   { return dn{} }
func newPulse(Source) deriver                                    { return dn{} }
func newPad(Source) deriver                                      { return dn{} }
func newBreath(Source) deriver                                   { return dn{} }

type guard struct{}

func (*guard) flag(*care.Reading) {}
