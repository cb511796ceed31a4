package eval

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/signal"
)

// bumped is a recording of 20 s with blows at some seconds, 2 g and more.
func bumped(set, person string, fall bool, at ...float64) recordings.Trial {
	t := recordings.Trial{Set: set, Person: person, File: person, Place: recordings.Wrist, Fall: fall, Rate: 50}
	for i := range 1000 {
		x := 1.0
		for k, a := range at {
			if math.Abs(float64(i)/50-a) < 0.03 {
				x = 2 + float64(k)
			}
		}
		for c, v := range [3]float64{x, 0, 0} {
			t.Acc[c] = append(t.Acc[c], v)
		}
	}
	return t
}

func TestARecordingCountsOnceHoweverManyImpacts(t *testing.T) {
	walk := bumped("s", "p", false, 3, 7, 11, 15)
	all, sum := fallCases(&walk, 0.5), 0.0
	for _, c := range all {
		sum += c.weight
	}
	if len(all) != 4 || math.Abs(sum-0.5) > 1e-9 {
		t.Errorf("%d impacts weigh %v", len(all), sum)
	}
}

func TestOfAFallTheHighestImpactWithinTheMarkCounts(t *testing.T) {
	fall := bumped("s", "p", true, 3, 7, 15)
	if all := fallCases(&fall, 1); len(all) != 1 || math.Abs(all[0].seconds-15) > 0.1 {
		t.Errorf("without a mark: %v impacts", len(all))
	}
	fall.From, fall.To = 6, 9
	if all := fallCases(&fall, 1); len(all) != 1 || math.Abs(all[0].seconds-7) > 0.1 || !all[0].fall {
		t.Errorf("with a mark: %v impacts", len(all))
	}
	fall.From, fall.To = 18, 19
	if all := fallCases(&fall, 1); len(all) != 0 {
		t.Errorf("a mark without an impact: %v", len(all))
	}
}

func TestAVariantIsAnotherDeviceAndTheSameEachTime(t *testing.T) {
	fall := bumped("s", "p", true, 3, 7, 15)
	changed := 0
	for seed := range uint64(20) {
		a, b := vary(&fall, seed), vary(&fall, seed)
		if !reflect.DeepEqual(a, b) {
			t.Fatal("the same seed gave two variants")
		}
		if a.Rate != fall.Rate || a.Seconds() < fall.Seconds()-1 {
			changed++
		}
		high := 0.0
		for _, v := range a.Acc[0] {
			high = max(high, math.Abs(v))
		}
		if len(fallCases(&a, 1)) != 1 || high < 2 {
			t.Errorf("seed %d: the fall was lost", seed)
		}
	}
	if changed < 10 {
		t.Errorf("%d of 20 variants differ", changed)
	}
}

func TestOneSetMayWeighItsFallsAndAllElseApart(t *testing.T) {
	read := func() ([]recordings.Trial, error) {
		return []recordings.Trial{bumped("a", "p", true, 7), bumped("a", "p", false, 7, 12)}, nil
	}
	d, err := readFalls(fallPlace{sets: []fallSet{{name: "a", read: read, falls: 0.25, others: 0.75}}})
	if err != nil {
		t.Fatal(err)
	}
	var all []*fallCase
	for i := range d.cases {
		all = append(all, &d.cases[i])
	}
	const each = 1 + fallVariants*fallVariantWeight
	if falls, others := fallWeights(all); math.Abs(falls-0.25*each) > 1e-9 || math.Abs(others-0.75*each) > 1e-9 {
		t.Errorf("falls weigh %v, others %v", falls, others)
	}
}

func TestAWaveIsVariedByAHoleInThreeOfTen(t *testing.T) {
	from, to := make([]float32, signal.WaveChannels*signal.WaveLength), make([]float32, signal.WaveChannels*signal.WaveLength)
	r, holes := rand.New(rand.NewPCG(1, 0)), 0
	for range 1000 {
		varyWave(to, from, r)
		long := 0 // samples that hold what came last, in the first channel
		for i := 1; i < signal.WaveLength; i++ {
			if to[i] == to[i-1] {
				long++
			}
		}
		if long == 0 {
			continue
		}
		holes++
		if long < 4 || long > 24 {
			t.Errorf("a hole of %d samples", long)
		}
	}
	if holes < 250 || holes > 350 {
		t.Errorf("%d of 1000 have a hole", holes)
	}
}

func TestInTheMidstOfOthersOnlyTheRecordingItselfTeaches(t *testing.T) {
	clap := bumped("s", "p", false, 1, 2, 3, 14, 15, 16, 17, 18) // harder than the others, at both ends
	trials := []recordings.Trial{clap, bumped("s", "p", true, 3, 7), bumped("s", "p", false, 9, 12), bumped("s", "q", false, 10)}
	for seed := range uint64(20) {
		for i, want := range map[int][]float64{1: {7}, 2: {9, 12}} {
			alone := &trials[i]
			among, from := inTheMidst(alone, trials[:1], seed)
			if again, _ := inTheMidst(alone, trials[:1], seed); !reflect.DeepEqual(among, again) {
				t.Fatal("the same seed gave two")
			}
			if long := map[bool]float64{true: 8 + 20, false: 8 + 20 + 8}[alone.Fall]; among.Seconds() != long || from != 8 {
				t.Errorf("%v s, want %v; it begins at %v s", among.Seconds(), long, from)
			}
			all, sum := casesWithin(&among, 0.5, from, from+20), 0.0
			if len(all) != len(want) {
				t.Fatalf("%d impacts, want %d", len(all), len(want))
			}
			for k, c := range all {
				sum += c.weight
				if math.Abs(c.seconds-8-want[k]) > 0.1 || c.fall != alone.Fall {
					t.Errorf("an impact at %v s, a fall: %v", c.seconds, c.fall)
				}
			}
			if math.Abs(sum-0.5) > 1e-9 {
				t.Errorf("the impacts weigh %v", sum)
			}
		}
	}
	if alone, from := inTheMidst(&trials[3], trials, 1); alone.Seconds() != 20 || from != 0 {
		t.Errorf("who has one recording has %v s of others around it", alone.Seconds()-20)
	}
}

func TestNobodyIsJudgedByAModelThatSawThem(t *testing.T) {
	d := &fallData{fallPlace: fallPlace{sets: []fallSet{{name: "a"}, {name: "b"}, {name: "c"}}}}
	for set, people := range map[string]int{"a": 3, "b": fallFolds, "c": fallFolds + 2} {
		for i := range people {
			d.trials = append(d.trials, bumped(set, fmt.Sprint(i), true, 5))
		}
	}
	fold, n := d.folds()
	if n != fallFolds || len(fold) != 3+fallFolds+fallFolds+2 {
		t.Fatalf("%d folds, %d people", n, len(fold))
	}
	share := map[string]int{}
	held := map[string]bool{}
	for who, f := range fold {
		if k := fmt.Sprint(who[0], f); held[k] {
			share[who[0]]++
		} else {
			held[k] = true
		}
	}
	if f := share["a"] + share["b"]; f != 0 || share["c"] != 2 {
		t.Errorf("people who share a fold with another of their set: %v", share)
	}
}

func TestJoinedIsLongAndHoldsNoFall(t *testing.T) {
	trials := []recordings.Trial{bumped("a", "1", false, 3), bumped("a", "1", true, 3), bumped("a", "1", false, 3), bumped("a", "2", false, 3)}
	all := joined(trials)
	if len(all) != 2 || all[0].Seconds() != 40 || all[1].Seconds() != 20 || all[0].Fall {
		t.Errorf("%d recordings", len(all))
	}
}

// TestD10_TrainingTwiceGivesTheSameModel: the same recordings, the same bytes.
func TestD10_TrainingTwiceGivesTheSameModel(t *testing.T) {
	d := &fallData{fallPlace: fallPlace{rule: "fall-test/1", sure: 1, sets: []fallSet{{name: "a", falls: 1, others: 1}}}}
	for i := range 12 {
		r := bumped("a", string(rune('a'+i)), i%3 == 0, 3+float64(i)/2)
		d.trials = append(d.trials, r)
		d.cases = append(d.cases, fallCases(&r, 1)...)
	}
	all := func(*fallCase) bool { return true }
	one, err := d.fit(all)
	if err != nil {
		t.Fatal(err)
	}
	two, err := d.fit(all)
	if err != nil || !reflect.DeepEqual(one, two) {
		t.Errorf("two models of the same recordings differ: %v", err)
	}
}

func TestTrainingSaysWhatItCannotDo(t *testing.T) {
	t.Setenv("OSMANTHUS_SHARED", t.TempDir())
	if err := TrainFalls(t.TempDir(), io.Discard); err == nil {
		t.Error("it trained on nothing")
	}
}

func TestEachFallFollowsSomethingElse(t *testing.T) {
	trials := []recordings.Trial{bumped("a", "1", false, 3), bumped("a", "1", true, 7), bumped("a", "2", true, 7)}
	trials[1].From, trials[1].To = 6, 8
	all := preceded(trials)
	if len(all) != 1 || all[0].Seconds() != 40 || !all[0].Fall || all[0].From != 26 || all[0].To != 28 {
		t.Fatalf("%d recordings: %+v", len(all), all)
	}
	if c := fallCases(&all[0], 1); len(c) != 1 || math.Abs(c[0].seconds-27) > 0.1 {
		t.Errorf("the impact of the fall is not found: %v", len(c))
	}
	if trials[0].Seconds() != 20 {
		t.Error("the recording before was changed")
	}
}

func TestAnImpactIsVariedButStaysWhatItIs(t *testing.T) {
	fall := bumped("s", "p", true, 7)
	for k := range fall.Gyro {
		for i := range fall.Acc[0] {
			fall.Gyro[k] = append(fall.Gyro[k], 100+float64(i%7))
		}
	}
	c := fallCases(&fall, 1)[0]
	blind, r := 0, rand.New(rand.NewPCG(1, 0))
	var to signal.ImpactWave
	for range 40 {
		varyWave(to[:], c.wave[:], r)
		high, at := float32(0), 0
		for i, v := range to.Channel(0) {
			if v > high {
				high, at = v, i
			}
		}
		if high < 0.7 || high > 1.3 || at < 240 || at > 260 {
			t.Errorf("a blow of 1 g became %v at sample %d", high, at)
		}
		if turning := to.Channel(signal.WaveSpin); turning[100] == 0 && turning[300] == 0 {
			blind++
		}
	}
	if blind < 10 || blind > 30 {
		t.Errorf("%d of 40 are without a gyroscope", blind)
	}
}
