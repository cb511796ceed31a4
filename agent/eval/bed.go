package eval

import "errors"

// bed evaluates what a bed says of who is in it.
func bed(e *Eval) error {
	return errors.Join(wears(e), matrices(e))
}
