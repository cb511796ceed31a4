package sense

// bandKinds are what is connected to by radio: it says what it is by the
// services that it has, so nothing is taken from what it advertises.
func bandKinds() []Kind {
	options := []string{"mac", "class", "bond", "user", "cell"}
	return []Kind{
		{Name: "band", Options: options, Needs: []string{"mac"}},
		{Name: "oximeter", Options: options, Needs: []string{"mac"}},
		{Name: "cuff", Options: options, Needs: []string{"mac"}},
		{Name: "glucose_meter", Options: options, Needs: []string{"mac"}},
	}
}
