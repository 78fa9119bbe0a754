using System.Globalization;

namespace WasmChord.Bench.Models;

/// <summary>What the command line asks for.</summary>
internal sealed record GeneratorArguments(ModelShape Shape, string Path, TypeMix Types, ulong Seed, bool Sparse)
{
    public static string Usage { get; } = $"""
        usage: WasmChord.Bench.Models SHAPE OUT.gguf [--types MIX] [--seed N] [--sparse]
                 [--hidden N] [--layers N] [--heads N] [--kv-heads N] [--ffn N] [--vocab N] [--context N]
        SHAPE: {string.Join(", ", ModelShapes.All.Select(s => s.Name))}, or custom (tiny, to be changed by the options)
        MIX:   {string.Join(", ", TypeMix.Names)}, or a type for every matrix (IQ2_XXS, MXFP4...); Q4_K_M unless told
        --sparse writes the header, the norms and a page of every other tensor; the rest are holes.
        """;

    /// <exception cref="ArgumentException">The arguments make no sense; the message says why.</exception>
    public static GeneratorArguments Parse(IReadOnlyList<string> args)
    {
        if (args.Count < 2 || args[0].StartsWith('-') || args[1].StartsWith('-')) throw new ArgumentException("a shape and a path are needed");
        ModelShape? shape = args[0] == "custom" ? ModelShapes.Tiny with { Name = "custom" } : null;
        if (shape is null && !ModelShapes.TryGet(args[0], out shape)) throw new ArgumentException($"there is no shape '{args[0]}'");
        GeneratorArguments parsed = new(shape, args[1], TypeMix.Q4_K_M, 1, false);
        for (int i = 2; i < args.Count; i++)
        {
            if (args[i] == "--sparse")
            {
                parsed = parsed with { Sparse = true };
                continue;
            }
            if (i + 1 == args.Count) throw new ArgumentException($"{args[i]} needs a value");
            parsed = parsed.With(args[i], args[++i]);
        }
        parsed.Shape.Validate();
        return parsed;
    }

    private GeneratorArguments With(string option, string value) => option switch
    {
        "--types" => this with { Types = TypeMix.Parse(value) },
        "--seed" => this with { Seed = ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw NotANumber(option, value) },
        "--hidden" => this with { Shape = Shape with { HiddenSize = Number(option, value) } },
        "--layers" => this with { Shape = Shape with { LayerCount = Number(option, value) } },
        "--heads" => this with { Shape = Shape with { HeadCount = Number(option, value) } },
        "--kv-heads" => this with { Shape = Shape with { KvHeadCount = Number(option, value) } },
        "--ffn" => this with { Shape = Shape with { FeedForwardLength = Number(option, value) } },
        "--vocab" => this with { Shape = Shape with { VocabularySize = Number(option, value) } },
        "--context" => this with { Shape = Shape with { ContextLength = Number(option, value) } },
        _ => throw new ArgumentException($"there is no option '{option}'"),
    };

    private static int Number(string option, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out int number) ? number : throw NotANumber(option, value);

    private static ArgumentException NotANumber(string option, string value) => new($"{option} needs a number, not '{value}'");
}
