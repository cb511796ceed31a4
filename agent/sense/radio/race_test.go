//go:build race

package radio

// raceDetector says that the test runs ten times slower.
const raceDetector = true
