using WasmChord.Examples.EmbeddedStreaming;

return await StreamingExample.RunAsync(args, Console.Out, Console.Error);
