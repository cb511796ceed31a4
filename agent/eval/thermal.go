package eval

func thermal(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
