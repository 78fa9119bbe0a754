using WasmChord.Examples.EmbeddedGeneration;

return await GenerationExample.RunAsync(args, Console.Out, Console.Error);
