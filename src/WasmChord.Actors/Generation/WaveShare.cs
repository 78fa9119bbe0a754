using System.Runtime.InteropServices;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>One sequence's part of a wave, and what came of it. A sequence has one, used again in every wave.</summary>
internal sealed class WaveShare(GenerationRequest request)
{
    private readonly List<GeneratedToken> _written = [];
    private TokenId[] _tokens = new TokenId[8]; // known ones, then drafts

    /// <summary>The request.</summary>
    public GenerationRequest Request { get; } = request;

    /// <summary>Known tokens to compute.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that may be drafted besides.</summary>
    public int MostDrafts { get; private set; }

    /// <summary>Tokens that were drafted.</summary>
    public int Drafted { get; private set; }

    /// <summary>Drafts that were right.</summary>
    public int Accepted { get; private set; }

    /// <summary>The tokens chosen, with their text.</summary>
    public IReadOnlyList<GeneratedToken> Written => _written;

    /// <summary>Why the text has ended; null while it goes on.</summary>
    public GenerationEnd? End { get; private set; }

    /// <summary>What went wrong with this sequence alone; null for nothing.</summary>
    public Exception? Failure { get; private set; }

    private bool ReachesTheEnd => Request.Sequence!.Length + Count == Request.Tokens.Count;

    /// <summary>Takes part in the next wave.</summary>
    /// <param name="count">Known tokens to compute.</param>
    /// <param name="mostDrafts">Tokens that may be drafted besides.</param>
    public void Begin(int count, int mostDrafts)
    {
        (Count, MostDrafts) = (count, mostDrafts);
        Drafted = Accepted = 0;
        (End, Failure) = (null, null);
        _written.Clear();
    }

    /// <summary>What the forward pass computes.</summary>
    public WaveSlice Slice()
    {
        KvSequence sequence = Request.Sequence!;
        if (_tokens.Length < Count + MostDrafts) _tokens = new TokenId[Count + MostDrafts];
        CollectionsMarshal.AsSpan(Request.Tokens).Slice(sequence.Length, Count).CopyTo(_tokens);
        Drafted = MostDrafts > 0 && ReachesTheEnd ? Request.Writer!.Draft(CollectionsMarshal.AsSpan(Request.Tokens), _tokens.AsSpan(Count, MostDrafts)) : 0;
        int logitsFrom = Request.Options.LogitsOfPrompt ? 0 : ReachesTheEnd && Request.MaxTokens > 0 ? Count - 1 : Count;
        return new WaveSlice(sequence, _tokens.AsMemory(0, Count + Drafted), logitsFrom);
    }

    /// <summary>Chooses tokens from the logits of the pass, as long as drafts prove right.</summary>
    public void Finish(ForwardPass pass, int slice)
    {
        KvSequence sequence = Request.Sequence!;
        int before = sequence.Length - Count - Drafted;
        bool reached = before + Count == Request.Tokens.Count;
        try
        {
            if (Request.Options.LogitsOfPrompt)
                for (int i = 0; i < Count && before + i < Request.PromptCount; i++) Request.Options.OnLogits?.Invoke(before + i, pass.Logits(slice, i));
            if (reached) Choose(pass, slice, before);
        }
        catch (Exception e)
        {
            Failure = e;
        }

        Request.Writer!.Record(Drafted, Accepted);
        sequence.Truncate(before + Count + Accepted);
    }

    private void Choose(ForwardPass pass, int slice, int before)
    {
        if (Request.MaxTokens == 0)
        {
            End = GenerationEnd.MaxTokens;
            return;
        }

        for (int row = Count - 1; End is null; row++)
        {
            Span<float> logits = pass.Logits(slice, row);
            if (!Request.Options.LogitsOfPrompt || before + row >= Request.PromptCount) Request.Options.OnLogits?.Invoke(before + row, logits);
            if (Request.Processor?.Started is { } processor && !processor.TryProcess(logits, before + row, out string failure))
                throw new LogitsProcessorFailedException($"the logits processor failed at position {before + row}: {failure}");
            TokenId token = Request.Writer!.Choose(logits);
            Request.Tokens.Add(token);
            (string text, End) = Request.Writer.Write(token);
            if (End is null && Request.GeneratedCount == Request.MaxTokens)
            {
                End = Request.IsBoundByContext ? GenerationEnd.ContextFull : GenerationEnd.MaxTokens;
                text += Request.Writer.Flush();
            }

            _written.Add(new GeneratedToken(token, text, Request.GeneratedCount - 1));
            bool isDrafted = row + 1 < Count + Drafted && _tokens[row + 1] == token;
            if (!isDrafted) break;
            Accepted++;
        }
    }
}
