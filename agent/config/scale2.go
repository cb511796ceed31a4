package config

// Scale2 says that SpO2 of one resident is scored by the second scale of NEWS2,
// for a target of 88 to 92 %, until it expires. Somebody prescribed it.
type Scale2 struct {
	Until Time   `yaml:"until"`
	By    string `yaml:"by"` // a pseudonym
	Why   string `yaml:"why"`
}

// scale2 judges who is scored by the second scale.
func (j *judgement) scale2(i int, s *Scale2) {
	if s == nil {
		return
	}
	j.decided(at{"residents", i, "spo2_scale_2"}, "missing: who prescribed scale 2, why, and until when", s.By, s.Why, s.Until)
}
