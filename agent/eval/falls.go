package eval

func falls(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
