package network

// multiply sets c, m rows of n, to the products of the rows of a, m of k, with
// those of b, n of k.
func multiply(c, a, b []float32, m, n, k int) {
	clear(c[:m*n])
	multiplyAdd(c, a, b, m, n, k)
}

// multiplyAdd adds them to c. Eight sums at a time stay in registers, and are
// added up in one order: the result does not depend on the machine's width.
func multiplyAdd(c, a, b []float32, m, n, k int) {
	i := 0
	for ; i+4 <= m; i += 4 {
		a0, a1, a2, a3 := a[i*k:(i+1)*k], a[(i+1)*k:(i+2)*k], a[(i+2)*k:(i+3)*k], a[(i+3)*k:(i+4)*k]
		c0, c1, c2, c3 := c[i*n:(i+1)*n], c[(i+1)*n:(i+2)*n], c[(i+2)*n:(i+3)*n], c[(i+3)*n:(i+4)*n]
		j := 0
		for ; j+2 <= n; j += 2 {
			x, y := b[j*k:(j+1)*k], b[(j+1)*k:(j+2)*k]
			y, a0, a1, a2, a3 := y[:len(x)], a0[:len(x)], a1[:len(x)], a2[:len(x)], a3[:len(x)]
			var s0, s1, s2, s3, t0, t1, t2, t3 float32
			for p, u := range x {
				v := y[p]
				s0 += a0[p] * u
				s1 += a1[p] * u
				s2 += a2[p] * u
				s3 += a3[p] * u
				t0 += a0[p] * v
				t1 += a1[p] * v
				t2 += a2[p] * v
				t3 += a3[p] * v
			}
			c0[j] += s0
			c1[j] += s1
			c2[j] += s2
			c3[j] += s3
			c0[j+1] += t0
			c1[j+1] += t1
			c2[j+1] += t2
			c3[j+1] += t3
		}
		for ; j < n; j++ {
			x := b[j*k : (j+1)*k]
			c0[j] += product(a0, x)
			c1[j] += product(a1, x)
			c2[j] += product(a2, x)
			c3[j] += product(a3, x)
		}
	}
	for ; i < m; i++ {
		for j := range n {
			c[i*n+j] += product(a[i*k:(i+1)*k], b[j*k:(j+1)*k])
		}
	}
}

func product(a, b []float32) (s float32) {
	for p, v := range b {
		s += a[p] * v
	}
	return s
}

// transpose sets t, n rows of m, to a, m rows of n.
func transpose(t, a []float32, m, n int) {
	for i := range m {
		for j, v := range a[i*n : (i+1)*n] {
			t[j*m+i] = v
		}
	}
}
