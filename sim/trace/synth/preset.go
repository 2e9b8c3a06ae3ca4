package synth

// Presets lists the presets by name, the most common first.
func Presets() []string {
	return []string{
		"chat", "long-chat", "coding-agent", "code-completion", "rag",
		"memory-extraction", "title", "reasoning", "embedding",
	}
}

// Preset is the workload of a preset and whether there is one of that name. Its
// class is named like the preset; Users, or Rate, and the model are left to the
// caller. Each preset's function says what it was measured on and what was
// assumed. How often a user begins, and when in the week, no public trace
// tells: sessions per day and profiles are assumptions everywhere, except the
// peak/mean ratio of 2.7, the busiest ten minutes of the day in the ServeGen
// deepseek-r1 clients (Alibaba, arXiv 2505.09999, 2026-05).
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
