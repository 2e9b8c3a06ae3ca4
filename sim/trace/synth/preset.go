package synth

import "quotawall/sim/unit"

// Presets lists the presets by name, the most common first.
func Presets() []string {
	return []string{
		"chat", "long-chat", "coding-agent", "code-completion", "rag",
		"memory-extraction", "title", "reasoning", "embedding",
	}
}

// Preset is the workload of a preset and whether there is one of that name. Its
// class is named like the preset; users is left to the caller.
func Preset(name string) (Workload, bool) {
	var w Workload
	switch name {
	case "chat":
		w = chat()
	case "long-chat":
		w = longChat()
	case "coding-agent":
		w = codingAgent()
	case "code-completion":
		w = codeCompletion()
	case "rag":
		w = rag()
	case "memory-extraction":
		w = memoryExtraction()
	case "title":
		w = title()
	case "reasoning":
		w = reasoning()
	case "embedding":
		w = embedding()
	default:
		return Workload{}, false
	}
	w.Class, w.Preset = name, name
	return w, true
}

// weekdays weighs a working week with a little traffic at its end.
func weekdays() []float64 { return []float64{1, 1, 1, 1, 1, 0.3, 0.3} }

func quantiles(points ...float64) Dist {
	d := Dist{Kind: Quantiles}
	for i := 0; i+1 < len(points); i += 2 {
		d.P, d.X = append(d.P, points[i]), append(d.X, points[i+1])
	}
	return d
}

func chat() Workload {
	return Workload{
		SessionsPerDay: 20,
		Arrivals:       Arrivals{Process: Gamma, CV: 1.1},
		Profile:        Profile{Peak: 2.7, PeakAt: 15 * unit.Hour, Weekly: weekdays()},
		Prompt:         LogN(6.63, 0.99, 1, 14050),
		Output:         LogN(5.02, 0.86, 1, 1000),
		SharedPrompt:   0,
	}
}

func longChat() Workload {
	return Workload{
		SessionsPerDay: 4,
		Profile:        Profile{Peak: 2.7, PeakAt: 15 * unit.Hour, Weekly: weekdays()},
		Turns:          LogN(0.5, 0.8, 1, 40),
		Think:          quantiles(0, 5, 0.5, 90, 0.9, 600, 1, 7200),
		Service:        Service{FirstToken: 2 * unit.Second, PerToken: 20 * unit.Millisecond},
		Prompt:         LogN(8.74, 1.20, 1, 126195),
		Growth:         LogN(7, 1, 1, 60000),
		Output:         LogN(5.34, 1.36, 1, 2000),
		SharedPrompt:   512,
	}
}

func codingAgent() Workload {
	return Workload{
		SessionsPerDay: 5,
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.05, Weekly: weekdays()},
		Turns:          LogN(1.3, 1.2, 1, 150),
		Steps:          LogN(1.2, 1.1, 1, 170),
		StepGap:        quantiles(0, 2, 0.1, 8, 0.25, 11, 0.5, 17, 0.75, 33, 0.9, 86, 0.95, 160, 0.99, 646, 1, 37420),
		Think:          quantiles(0, 3, 0.1, 8, 0.25, 11, 0.5, 25, 0.75, 168, 0.9, 908, 0.95, 2275, 0.99, 12987, 1, 77611),
		Prompt:         quantiles(0, 9000, 0.1, 15653, 0.25, 18768, 0.5, 25439, 0.75, 112994, 0.9, 260297, 0.95, 360181, 1, 880502),
		Growth:         LogN(6.63, 1.13, 1, 400000),
		History:        Total,
		Rebuild:        0.016,
		Compaction:     Compaction{Share: 0.009, Above: 880502, Ratio: Dist{Kind: Uniform, Low: 0.1, High: 1}},
		SharedPrompt:   8500,
		Output:         LogN(5.56, 0.90, 1, 18195),
		MaxTokens:      32000,
	}
}

func codeCompletion() Workload {
	return Workload{
		SessionsPerDay: 400,
		Arrivals:       Arrivals{Process: OnOff, CV: 13.15, OnShare: 0.25},
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.05, Weekly: weekdays()},
		Prompt:         LogN(7.00, 1.36, 1, 7437),
		Output:         LogN(2.79, 0.85, 1, 1899),
	}
}

func rag() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.1, Weekly: weekdays()},
		Prompt:         quantiles(0, 100, 0.5, 2730, 0.9, 3702, 0.99, 3934, 1, 4054),
		Output:         quantiles(0, 1, 0.5, 167, 0.9, 372, 0.99, 3273, 1, 4056),
		SharedPrompt:   1024,
	}
}

func memoryExtraction() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.1, Weekly: weekdays()},
		Prompt:         Dist{Kind: Lognormal, P50: 7000, P90: 10000, Min: 2000, Max: 25000},
		Output:         Dist{Kind: Uniform, Low: 100, High: 400},
		SharedPrompt:   2000,
	}
}

func title() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.1, Weekly: weekdays()},
		Prompt:         Dist{Kind: Uniform, Low: 402, High: 620},
		Output:         Dist{Kind: Uniform, Low: 15, High: 31},
	}
}

func reasoning() Workload {
	return Workload{
		SessionsPerDay: 20,
		Arrivals:       Arrivals{Process: Gamma, CV: 2.28},
		Profile:        Profile{Peak: 2.66, PeakAt: 15 * unit.Hour},
		Prompt:         quantiles(0, 5, 0.5, 208, 0.9, 2092, 0.99, 23423, 1, 60000),
		Output:         quantiles(0, 10, 0.5, 792, 0.9, 3432, 0.99, 12607, 1, 32000),
	}
}

func embedding() Workload {
	return Workload{
		SessionsPerDay: 50,
		Profile:        Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.1, Weekly: weekdays()},
		Prompt:         Dist{Kind: Lognormal, P50: 300, P90: 800, Min: 5, Max: 8192},
		Output:         Const(0),
	}
}
