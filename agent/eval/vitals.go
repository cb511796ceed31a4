package eval

func vitals(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
