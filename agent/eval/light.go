package eval

func light(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
