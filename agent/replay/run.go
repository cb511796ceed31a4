package replay

import "io"

// Run is the command `osmanthus-agent replay`: args without the command's
// name, JSON Lines on stdout, sentences on stderr. It returns the exit status:
// 0 when the input was processed, 2 for unusable input.
func Run(args []string, stdout, stderr io.Writer) int {
	return 2
}
