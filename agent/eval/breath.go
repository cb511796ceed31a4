package eval

func breath(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
