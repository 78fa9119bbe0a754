using System.CommandLine;
using System.Globalization;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>The options that say how tokens are chosen: named, and set by default, as in llama.cpp's tools.</summary>
internal sealed class SamplerFlags
{
    private static readonly SamplerOptions s_default = new();

    private readonly Option<float> _temperature = Real("--temp", "What logits are divided by; 0 takes the most likely token.", s_default.Temperature);
    private readonly Option<int> _topK = ToolCommand.CountOption("--top-k", "How many of the most likely tokens stay; 0 for all.", s_default.TopK, 0);
    private readonly Option<float> _topP = Real("--top-p", "Probability that the most likely tokens reach; 1 for all.", s_default.TopP);
    private readonly Option<float> _minP = Real("--min-p", "Part of the best probability that a token needs; 0 for all.", s_default.MinP);
    private readonly Option<float> _typical = Real("--typical", "Probability that tokens of expected information reach; 1 for all.", s_default.TypicalP);
    private readonly Option<int> _window = ToolCommand.CountOption("--repeat-last-n", "Last tokens that are penalized; -1 for all.", s_default.PenaltyWindow, -1);
    private readonly Option<float> _repetition = Real("--repeat-penalty", "Divides logits of tokens seen; 1 for no change.", s_default.RepetitionPenalty);
    private readonly Option<float> _presence = Real("--presence-penalty", "Subtracted from logits of tokens seen.", s_default.PresencePenalty);
    private readonly Option<float> _frequency = Real("--frequency-penalty", "Subtracted for each time a token was seen.", s_default.FrequencyPenalty);
    private readonly Option<string[]> _bias = new("--logit-bias", "-l")
    {
        Description = "Changes a token's logit, as 15043+1.5 or 15043-inf; may be repeated.",
        HelpName = "TOKEN+BIAS",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<long?> _seed = new("--seed", "-s") { Description = "Where chance comes from; random when not given.", HelpName = "N" };

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _temperature, _topK, _topP, _minP, _typical, _window, _repetition, _presence, _frequency, _bias, _seed })
            command.Add(option);
    }

    /// <summary>How tokens are chosen.</summary>
    /// <exception cref="ToolException">A value is out of range.</exception>
    internal SamplerOptions Options(ParseResult parsed)
    {
        try
        {
            return new SamplerOptions
            {
                Temperature = parsed.GetValue(_temperature),
                TopK = parsed.GetValue(_topK),
                TopP = parsed.GetValue(_topP),
                MinP = parsed.GetValue(_minP),
                TypicalP = parsed.GetValue(_typical),
                PenaltyWindow = parsed.GetValue(_window),
                RepetitionPenalty = parsed.GetValue(_repetition),
                PresencePenalty = parsed.GetValue(_presence),
                FrequencyPenalty = parsed.GetValue(_frequency),
                LogitBias = parsed.GetRequiredValue(_bias).Select(ParseBias).ToDictionary(b => b.Token, b => b.Bias),
                Seed = parsed.GetValue(_seed) is { } seed ? (ulong)seed : (ulong)Random.Shared.Next(),
            }.Validated();
        }
        catch (InferenceException e)
        {
            throw ToolException.Usage(e.Message);
        }
        catch (ArgumentException)
        {
            throw ToolException.Usage("--logit-bias names a token twice");
        }
    }

    private static (TokenId Token, float Bias) ParseBias(string text)
    {
        int sign = text.AsSpan().IndexOfAny('+', '-');
        if (sign > 0 && int.TryParse(text.AsSpan(0, sign), NumberStyles.None, CultureInfo.InvariantCulture, out int token))
        {
            if (text[sign..] == "-inf") return (new TokenId(token), float.NegativeInfinity);
            if (float.TryParse(text.AsSpan(sign), NumberStyles.Float, CultureInfo.InvariantCulture, out float bias)) return (new TokenId(token), bias);
        }

        throw ToolException.Usage($"--logit-bias: '{text}' is not a token and a bias, such as 15043+1.5 or 15043-inf");
    }

    private static Option<float> Real(string name, string description, float defaultValue) =>
        new(name) { Description = description, HelpName = "X", DefaultValueFactory = _ => defaultValue };
}
