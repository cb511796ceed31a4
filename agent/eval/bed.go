package eval

func bed(e *Eval) error {
	e.Text("Not evaluated yet.")
	return nil
}
