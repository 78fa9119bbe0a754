using WasmChord.Training;
using WasmChord.Training.Stories;

TrainingPlan plan = new(7, int.Parse(args[0]), 1);
StoryVocabulary v = TrainingRun.LearnVocabulary(7);
await new TrainingRun(plan, Console.Error).RunAsync(v, args[1], default);
