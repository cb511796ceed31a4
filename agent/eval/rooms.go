package eval

func rooms(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
