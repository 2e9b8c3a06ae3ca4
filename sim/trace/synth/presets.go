package synth

import "quotawall/sim/unit"

// office is a working day with a little traffic outside it, five days a week
// and a trickle at the weekend (assumed).
func office() Profile {
	return Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.05, Weekly: []float64{1, 1, 1, 1, 1, 0.2, 0.2}}
}

// consumer is a smooth day that peaks in the afternoon.
func consumer() Profile { return Profile{Peak: 2.7, PeakAt: 15 * unit.Hour} }

// latency is the service time that think times are placed after (assumed; the
// engine's default for a large model).
func latency() Service {
	return Service{FirstToken: 2 * unit.Second, PerToken: 20 * unit.Millisecond}
}

// quantiles is the distribution through pairs of probability and value.
func quantiles(points ...float64) Dist {
	d := Dist{Kind: Quantiles}
	for i := 0; i+1 < len(points); i += 2 {
		d.P, d.X = append(d.P, points[i]), append(d.X, points[i+1])
	}
	return d
}

// chat is short chat with an assistant. Sizes and CV 1.1 are the conversation
// trace of Azure's LLM inference data set (2023-11-16, 19,366 calls; Patel et
// al., ISCA 2024): ln input has mean 6.63 and deviation 0.99, ln output 5.02
// and 0.86, cut at 14,050 and 1,000. The trace has no sessions, and its
// shortest prompts (5 % below 181 tokens) leave no room for a shared system
// prompt that a cache would take: calls stand alone. With turns above 1, a
// dialogue re-sends its history with the think times assumed here.
func chat() Workload {
	return Workload{
		SessionsPerDay: 20,
		Arrivals:       Arrivals{Process: Gamma, CV: 1.1},
		Profile:        consumer(),
		Prompt: quantiles(0, 2, 0.01, 29, 0.02, 91, 0.05, 181, 0.1, 207, 0.2, 387, 0.3, 403, 0.4, 703, 0.5, 1020, 0.6, 1071,
			0.7, 1130, 0.8, 1315, 0.85, 1877, 0.9, 2735, 0.95, 4083, 0.98, 4098, 0.99, 4142, 0.995, 4831, 0.999, 6212, 1, 14050),
		Output: quantiles(0, 7, 0.01, 16, 0.02, 24, 0.05, 41, 0.1, 54, 0.2, 77, 0.3, 91, 0.4, 103, 0.5, 129, 0.6, 177,
			0.7, 384, 0.8, 400, 0.85, 411, 0.9, 424, 0.95, 451, 0.98, 540, 0.99, 601, 0.995, 644, 0.999, 954, 1, 1000),
		Think:   LogN(4.2, 1, 2, 3600),
		Growth:  LogN(3.7, 1, 1, 4000),
		Service: latency(),
	}
}

// longChat is chat over long documents and histories: the conversation trace
// of Mooncake (Qin et al., FAST 2025; 12,031 calls in an hour), its calls tied
// into sessions by their longest common prefix. ln input has mean 8.74 and
// deviation 1.20, ln output 5.34 and 1.36; all calls begin with the same 512
// tokens; an ideal prefix cache hits 29 % at 5 minutes and 37 % at an hour.
// Gaps were measured from start to start.
func longChat() Workload {
	return Workload{
		SessionsPerDay: 6,
		Profile:        consumer(),
		Turns: Dist{Kind: Table, X: []float64{1, 2, 3, 4, 5, 6, 8, 10, 15, 25},
			P: []float64{5914, 1188, 411, 175, 94, 48, 48, 22, 17, 6}},
		Think: quantiles(0, 6, 0.01, 15, 0.05, 30, 0.1, 42, 0.25, 69, 0.5, 126, 0.75, 267, 0.9, 486, 0.95, 621, 0.99, 1482, 1, 3030),
		Prompt: quantiles(0, 891, 0.1, 907, 0.2, 1133, 0.3, 1651, 0.4, 3426, 0.5, 5028, 0.6, 7043, 0.7, 10242, 0.8, 15412,
			0.9, 24915, 0.95, 36998, 0.98, 65992, 0.99, 87172, 0.995, 110643, 1, 126195),
		Growth: quantiles(0, 2, 0.01, 15, 0.05, 50, 0.1, 112, 0.2, 252, 0.3, 352, 0.4, 430, 0.5, 505, 0.6, 607, 0.7, 835,
			0.8, 2222, 0.9, 5092, 0.95, 7985, 0.98, 13116, 0.99, 18337, 0.995, 25062, 1, 91918),
		History:      Total,
		Rebuild:      0.05,
		Compaction:   Compaction{Above: 126195, Share: 0.02, Ratio: Dist{Kind: Uniform, Low: 0.3, High: 1}},
		SharedPrompt: 512,
		Reuse:        ReuseBoth,
		Output: quantiles(0, 1, 0.01, 3, 0.05, 10, 0.1, 24, 0.2, 100, 0.3, 213, 0.4, 291, 0.5, 350, 0.6, 399, 0.7, 447,
			0.8, 504, 0.9, 597, 0.95, 698, 0.98, 893, 0.99, 1120, 0.995, 1570, 1, 2000),
	}
}

// codingAgent is a developer's coding agent: the Claude Code sessions of
// kv-cache-tester (C. Fox / WEKA, 2026-07; 355 sessions, 23,491 calls without
// sub-agents). A call is an answer to a person or to a tool; gaps were measured
// from start to start. Per session 7 / 45 / 155 calls (p10 / 50 / 90), ln
// growth of a call 6.63 and 1.13, ln output 5.56 and 0.90, 5.1 % of gaps above
// 5 minutes and 0.5 % above an hour, so that an ideal cache hits 92 % and 96 %
// (published: TraceLab, arXiv 2606.30560, 94 % at 5 minutes). Chosen here so
// that prompts come out as long as measured (mean 125,000, in:out 283:1): the
// window at which the history is compacted, the larger window of sessions
// that begin above it, and the independence of turns and steps. max_tokens is
// what Claude Code sends.
func codingAgent() Workload {
	return Workload{
		SessionsPerDay: 5,
		Profile:        office(),
		Turns:          LogN(1.87, 0.95, 1, 100),
		Steps:          LogN(1.45, 1.0, 1, 268),
		StepGap: quantiles(0, 1, 0.01, 6, 0.1, 9, 0.25, 12, 0.5, 18, 0.75, 34, 0.9, 90, 0.95, 166, 0.98, 429, 0.99, 659,
			0.995, 1474, 0.999, 3306, 1, 37420),
		Think: quantiles(0, 3, 0.05, 7, 0.1, 8, 0.25, 11, 0.5, 25, 0.75, 171, 0.9, 915, 0.95, 2409, 0.98, 6020, 0.99, 13810, 1, 77611),
		Prompt: quantiles(0, 8979, 0.05, 13370, 0.1, 15653, 0.25, 18768, 0.5, 24400, 0.75, 112994, 0.9, 259000, 0.95, 360181,
			0.99, 716145, 1, 851858),
		Growth: quantiles(0, 6, 0.01, 115, 0.05, 156, 0.1, 196, 0.25, 335, 0.5, 665, 0.75, 1551, 0.9, 3435, 0.95, 5821,
			0.98, 10692, 0.99, 16312, 0.995, 24209, 0.999, 86827, 1, 416925),
		History: Total,
		Rebuild: 0.008,
		Compaction: Compaction{Above: 160000, Top: 500000,
			Ratio: quantiles(0, 0.04, 0.1, 0.177, 0.25, 0.25, 0.5, 0.576, 0.75, 0.858, 0.9, 0.99, 1, 1)},
		SharedPrompt: 14300,
		Output: quantiles(0, 1, 0.01, 59, 0.05, 92, 0.1, 107, 0.25, 140, 0.5, 221, 0.75, 439, 0.9, 894, 0.95, 1517,
			0.98, 2685, 0.99, 3625, 0.995, 4884, 0.999, 7702, 1, 18195),
		MaxTokens: 32000,
	}
}

// codeCompletion is completion while typing: the code trace of Azure's LLM
// inference data set (2023-11-16, 8,819 calls), a service in bursts of about
// 17 seconds with silence between them: CV 13.15, 27 % of the time in bursts.
// ln input has mean 7.00 and deviation 1.36, cut at the context of 7,437
// tokens, ln output 2.79 and 0.85. Nothing is known of its reuse; calls stand
// alone. The CV is that of a service: with users instead of a rate each user
// has such a process, and together they are smoother.
func codeCompletion() Workload {
	return Workload{
		SessionsPerDay: 400,
		Arrivals:       Arrivals{Process: OnOff, CV: 13.15, OnShare: 0.27},
		Profile:        office(),
		Prompt: quantiles(0, 3, 0.01, 17, 0.02, 35, 0.05, 75, 0.1, 147, 0.2, 385, 0.3, 770, 0.4, 1075, 0.5, 1469, 0.6, 1909,
			0.7, 2433, 0.8, 3193, 0.85, 3923, 0.9, 5194, 0.95, 7315, 0.98, 7436, 1, 7437),
		Output: quantiles(0, 6, 0.05, 6, 0.1, 7, 0.2, 8, 0.3, 9, 0.4, 11, 0.5, 13, 0.6, 16, 0.7, 20, 0.8, 29, 0.85, 39,
			0.9, 55, 0.95, 90, 0.98, 172, 0.99, 252, 0.995, 361, 0.999, 831, 1, 1899),
	}
}

// rag is an answer from retrieved or given text: the lengths of arXiv
// summarization in Vidur (Agrawal et al., MLSys 2024; 28,257 pairs): prompts
// mean 2,588, p50 2,730, outputs mean 291, p50 167. That 1,024 tokens of
// instructions and tools come first in every prompt, and nothing else repeats,
// is assumed; arrivals are Poisson (assumed: many independent users).
func rag() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        office(),
		Prompt: quantiles(0, 1, 0.01, 73, 0.05, 747, 0.1, 1242, 0.2, 1802, 0.3, 2150, 0.4, 2453, 0.5, 2730, 0.6, 2996, 0.7, 3249,
			0.8, 3490, 0.9, 3702, 0.95, 3813, 0.99, 3934, 1, 4054),
		Output: quantiles(0, 18, 0.01, 36, 0.05, 60, 0.1, 78, 0.2, 104, 0.3, 125, 0.4, 145, 0.5, 167, 0.6, 192, 0.7, 222,
			0.8, 268, 0.85, 304, 0.9, 372, 0.95, 737, 0.97, 2206, 0.99, 3273, 0.999, 3845, 1, 4056),
		SharedPrompt: 1024,
	}
}

// memoryExtraction is a background call that distils what a dialogue said. Its
// prompt of 7,000 tokens is Mem0's figure for a memory call (6.7 to 7.7
// thousand, a vendor's, 2026-05); output, spread and the 2,048 tokens of fixed
// instructions are assumed. Give after = { class, on = "turn", every = n } to
// tie it to a chat class.
func memoryExtraction() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        office(),
		Prompt:         Dist{Kind: Lognormal, P50: 7000, P90: 9000, Min: 2500, Max: 25000},
		Output:         Dist{Kind: Uniform, Low: 100, High: 400},
		SharedPrompt:   2048,
	}
}

// title names a session or classifies a message: the short side calls at the
// start of Claude Code sessions (rows of SemiAnalysis' data set, 2026-05), 402
// to 620 tokens in and 15 to 31 out, evenly spread (assumed). Below every
// model's smallest cacheable prefix. Give after = { class, on = "session" }.
func title() Workload {
	return Workload{
		SessionsPerDay: 10,
		Profile:        office(),
		Prompt:         Dist{Kind: Uniform, Low: 402, High: 620},
		Output:         Dist{Kind: Uniform, Low: 15, High: 31},
	}
}

// reasoning is calls to a model that thinks: ServeGen's deepseek-r1 clients
// (Alibaba, arXiv 2505.09999, v3 2026-05; a day, 1.38 million calls), sizes
// weighted by rate: prompts mean 1,268, p50 208, p99 23,423; outputs mean
// 1,527, p50 792, p99 12,607, of which 70 % is reasoning. CV 2.28 is the
// clients' own, weighted by rate.
func reasoning() Workload {
	return Workload{
		SessionsPerDay: 20,
		Arrivals:       Arrivals{Process: Gamma, CV: 2.28},
		Profile:        consumer(),
		Prompt: quantiles(0, 3, 0.01, 9, 0.05, 13, 0.1, 18, 0.2, 29, 0.25, 41, 0.3, 57, 0.4, 113, 0.5, 208, 0.6, 266, 0.7, 406,
			0.75, 482, 0.8, 748, 0.85, 1165, 0.9, 2092, 0.95, 6714, 0.97, 12390, 0.99, 23423, 0.995, 28228, 0.999, 33783, 1, 60000),
		Output: quantiles(0, 40, 0.01, 141, 0.05, 225, 0.1, 287, 0.2, 387, 0.3, 470, 0.4, 582, 0.5, 792, 0.6, 1104, 0.7, 1367,
			0.8, 1680, 0.85, 2196, 0.9, 3432, 0.95, 5701, 0.97, 7617, 0.99, 12607, 0.995, 15737, 0.999, 20833, 1, 32768),
	}
}

// embedding is the vectors of queries and of document chunks. No public trace
// is known; everything is assumed: chunks of a few hundred tokens up to the
// 8,192 that embedding models take, no output, Poisson.
func embedding() Workload {
	return Workload{
		SessionsPerDay: 50,
		Profile:        office(),
		Prompt:         Dist{Kind: Lognormal, P50: 300, P90: 800, Min: 5, Max: 8192},
		Output:         Const(0),
	}
}
