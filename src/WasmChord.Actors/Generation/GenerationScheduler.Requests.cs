using System.Runtime.InteropServices;
using Akka.Actor;
using WasmChord.Inference;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors;

/// <content>Requests: how they arrive, wait, and end; every one gets exactly one last word.</content>
internal sealed partial class GenerationScheduler
{
    // Timers cannot wait longer.
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

    private TimeSpan _nextDeadline = TimeSpan.MaxValue;

    private void OnGenerate(Generate m)
    {
        GenerationOptions options = m.Options;
        if (_isClosing) Refuse(GenerationRefusal.ModelClosed, $"{_services.Path} is being closed");
        else if (_requests.ContainsKey(m.Id)) Refuse(GenerationRefusal.DuplicateId, $"request {m.Id} is open");
        else if (IsQueueFull) Refuse(GenerationRefusal.QueueFull, $"{_requests.Count} requests are open, as many as {_settings.MaxSequences} sequences and {_settings.MaxQueued} that may wait for one");
        else if (options.Cancellation.IsCancellationRequested) Refuse(GenerationRefusal.Cancelled, "cancelled before it began");
        else if (options.MaxTokens < 0) Refuse(GenerationRefusal.InvalidOption, $"{options.MaxTokens} tokens cannot be generated");
        else if (options.OutputWindow < 1) Refuse(GenerationRefusal.InvalidOption, $"a window of {options.OutputWindow} tokens lets none through");
        else if (options.Timeout <= TimeSpan.Zero) Refuse(GenerationRefusal.Deadline, $"a deadline of {options.Timeout} has passed");
        else Accept(m);

        void Refuse(GenerationRefusal reason, string text) => Sender.Tell(new GenerationRefused(m.Id, reason, text));
    }

    // Who will have a sequence as soon as there is memory, or as the model is open, does not count as queued.
    private bool IsQueueFull => _requests.Count >= _settings.MaxSequences + (long)_settings.MaxQueued;

    private void Accept(Generate m)
    {
        TimeSpan now = Now;
        TimeSpan timeout = m.Options.Timeout ?? _settings.RequestTimeout;
        // A caller's longest time means no deadline: added to now it would be none that there is.
        TimeSpan deadline = timeout < s_longestTimeout ? now + timeout : TimeSpan.MaxValue;
        GenerationRequest request = new(m, Sender, ++_lastArrival, now, deadline);
        _requests.Add(m.Id, request);
        Watch(request);
        ExpectDeadline(request.Deadline);
        if (m.Options.Cancellation.CanBeCanceled)
        {
            IActorRef self = Self;
            request.Registration = m.Options.Cancellation.UnsafeRegister(_ => self.Tell(new CancelGeneration(m.Id)), null);
        }

        if (_stage != Stage.Cold) Prepare(request);
        Advance();
    }

    private void PrepareWaiting()
    {
        foreach (GenerationRequest request in _requests.Values.ToList()) Prepare(request);
        Advance();
    }

    private void Prepare(GenerationRequest request)
    {
        if (request.Options.LogitsProcessor is { } processor && request.Processor?.Started is null)
        {
            // It may be starting already.
            if (request.Processor is null) StartProcessor(request, processor);
            return;
        }

        if (request.Message.Prompt.Tokens is { } tokens)
        {
            OnPrompt(request, new EncodedPrompt(tokens));
            return;
        }

        // A long text takes its time: it is encoded where that is nobody else's.
        ModelText text = Runtime.Text;
        IoTask<EncodedPrompt>.Run(Context.System.Dispatchers.Lookup(WasmChordSettings.DecodeDispatcherPath), () => text.Encode(request.Message.Prompt))
            .PipeTo(Self, success: encoded => new Encoded(request, encoded, null), failure: e => new Encoded(request, default, e));
    }

    private void OnEncoded(Encoded m)
    {
        if (!_requests.TryGetValue(m.Request.Id, out GenerationRequest? request) || request != m.Request) return;
        if (m.Failure is null) OnPrompt(request, m.Prompt);
        else Refuse(request, m.Failure is InferenceException { Error: InferenceError.UnsupportedTokenizer or InferenceError.UnsupportedTemplate or InferenceError.MissingMetadata }
            ? GenerationRefusal.ModelUnsupported : GenerationRefusal.InvalidOption, m.Failure.Message);
        Advance();
    }

    /// <summary>Refuses what can never run, before any work is wasted; the rest waits for its turn.</summary>
    private void OnPrompt(GenerationRequest request, EncodedPrompt encoded)
    {
        IReadOnlyList<TokenId> prompt = encoded.Tokens;
        int vocabulary = Runtime.Model.Config.VocabularySize, context = Runtime.Context;
        int wanted = request.Options.MaxTokens ?? _settings.MaxTokens;
        request.Tokens.AddRange(prompt);
        request.PromptCount = prompt.Count;
        if (prompt.Count == 0)
        {
            Refuse(request, GenerationRefusal.EmptyPrompt, "the prompt has no token");
            return;
        }

        foreach (TokenId token in request.Tokens) // The copy: the caller may change its own.
        {
            if ((uint)token.Value < (uint)vocabulary) continue;
            Refuse(request, GenerationRefusal.InvalidToken, $"token {token} is not in the vocabulary of {vocabulary}");
            return;
        }

        if (prompt.Count >= context && (wanted > 0 || prompt.Count > context))
        {
            Refuse(request, GenerationRefusal.ContextExceeded, $"a prompt of {prompt.Count} tokens leaves no room in a context of {context}");
            return;
        }

        try
        {
            int drafts = _settings.Drafting == DraftingMode.Off ? 0 : _settings.DraftTokens;
            request.Writer = new TokenWriter(request.Options, CollectionsMarshal.AsSpan(request.Tokens), vocabulary, Runtime.Text.Tokenizer, drafts, encoded);
        }
        catch (Exception e)
        {
            // Whatever is wrong with the options is this request's affair alone.
            Refuse(request, e is InferenceException { Error: InferenceError.InvalidToken } ? GenerationRefusal.InvalidToken : GenerationRefusal.InvalidOption, e.Message);
            return;
        }

        // The last token needs no place of its own: nothing follows it.
        request.MaxTokens = Math.Min(wanted, context - prompt.Count + (wanted > 0 ? 1 : 0));
        request.IsBoundByContext = request.MaxTokens < wanted;
        request.WorstPages = Runtime.Kv.PagesFor(Math.Max(prompt.Count, prompt.Count + request.MaxTokens - 1));
        _line.Add(request, request.Options.Priority, request.Arrival);
        RefuseIfTooLarge(request);
    }

    private bool RefuseIfTooLarge(GenerationRequest request)
    {
        long need = request.WorstPages * Runtime.Kv.PageBytes, most = MostKvBytes;
        if (_stage != Stage.Ready || need <= most) return false;
        Refuse(request, GenerationRefusal.KvExceedsBudget,
            $"{request.PromptCount} tokens of prompt and {request.MaxTokens} to generate take up to {need} bytes of keys and values ({request.WorstPages} pages of {Runtime.Kv.PageBytes}), above the {most} that the budget could hold; {_services.Memory.Snapshot()}");
        return true;
    }

    /// <summary>Lets requests in, as far as sequences and memory allow: what each may come to need is set aside in full.</summary>
    private void Admit()
    {
        while (_line.First is { } request && _active.Count < Math.Min(_settings.MaxSequences, _bounds.Sequences))
        {
            if (RefuseIfTooLarge(request)) continue;
            long need = request.WorstPages * Runtime.Kv.PageBytes, most = MostKvBytes;
            string? session = request.Options.SessionId;
            while (CommittedKvBytes + _sessions.Bytes - _sessions.BytesOf(session) + need > most && _sessions.TryForgetOldest(session)) { }
            if (CommittedKvBytes + need > most) return;
            _line.Remove(request);
            Activate(request);
        }
    }

    private long CommittedKvBytes => _active.Sum(r => (long)r.WorstPages) * (_runtime?.Kv.PageBytes ?? 0);

    private void Activate(GenerationRequest request)
    {
        int reused = 0;
        if (request.Options.SessionId is { } session)
        {
            ReadOnlySpan<TokenId> prompt = CollectionsMarshal.AsSpan(request.Tokens);
            // The last token of the prompt is computed in any case: its logits give the first one generated.
            reused = request.Options.LogitsOfPrompt ? 0 : Math.Min(_sessions.CommonPrefix(session, prompt), request.PromptCount - 1);
            request.Sequence = _sessions.Take(session);
            request.Sequence?.Truncate(reused);
        }

        request.Sequence ??= Runtime.Kv.CreateSequence();
        request.ReusedTokens = reused;
        _active.Add(request);
        _active.Sort((a, b) => a.Arrival.CompareTo(b.Arrival));
    }

    private void OnTokensTaken(TokensTaken m)
    {
        if (!_requests.TryGetValue(m.Id, out GenerationRequest? request) || m.Count <= 0) return;
        request.TokensUnderWay = Math.Max(0, request.TokensUnderWay - m.Count);
        Advance();
    }

    private void OnRequesterGone(IActorRef requester)
    {
        if (!_requesters.Remove(requester, out HashSet<GenerationRequest>? requests)) return;
        foreach (GenerationRequest request in requests)
        {
            request.IsAbandoned = true;
            End(request, GenerationEnd.Cancelled, advance: false);
        }

        Advance();
    }

    private void ExpireRequests()
    {
        TimeSpan now = Now;
        if (now < _nextDeadline) return;
        _nextDeadline = TimeSpan.MaxValue;
        foreach (GenerationRequest request in _requests.Values.ToList())
        {
            if (request.Deadline > now) ExpectDeadline(request.Deadline);
            else End(request, GenerationEnd.Deadline, advance: false);
        }
    }

    private void ExpectDeadline(TimeSpan deadline)
    {
        if (deadline >= _nextDeadline) return;
        _nextDeadline = deadline;
        Timers.StartSingleTimer(DeadlineTick.Instance, DeadlineTick.Instance, deadline - Now + TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Ends a request at the next occasion: now, or when the wave that carries it is through.</summary>
    private void End(GenerationRequest request, GenerationEnd reason, bool advance = true)
    {
        if (request.IsInWave)
        {
            request.EndWanted ??= reason;
            if (_active.TrueForAll(r => !r.IsInWave || r.EndWanted is not null)) CancelWave();
            return;
        }

        if (request.Sequence is null)
        {
            Refuse(request, reason == GenerationEnd.Deadline ? GenerationRefusal.Deadline : GenerationRefusal.Cancelled,
                $"it waited {Now - request.ArrivedAt}, {_line.Count} requests in the queue, {_active.Count} sequences active");
        }
        else
        {
            Complete(request, reason, request.Writer!.Flush());
            TrimKv();
        }

        if (advance) Advance();
    }

    private void Refuse(GenerationRequest request, GenerationRefusal reason, string text) =>
        Answer(request, new GenerationRefused(request.Id, reason, text));

    private void Complete(GenerationRequest request, GenerationEnd reason, string trailing)
    {
        KvSequence sequence = request.Sequence!;
        request.Sequence = null;
        if (request.Options.SessionId is { } session && !request.IsAbandoned)
        {
            _sessions.Put(session, sequence, [.. request.Tokens.Take(sequence.Length)], Now);
            if (!Timers.IsTimerActive(SessionTick.Instance))
                Timers.StartPeriodicTimer(SessionTick.Instance, SessionTick.Instance, _settings.SessionIdleTimeout / 4);
        }
        else
        {
            sequence.Dispose();
        }

        Answer(request, new GenerationCompleted(request.Id, reason, request.FinalUsage(Now), trailing));
    }

    private void Fail(GenerationRequest request, GenerationFault reason, string text)
    {
        request.Sequence?.Dispose();
        request.Sequence = null;
        Answer(request, new GenerationFailed(request.Id, reason, text, request.FinalUsage(Now)));
    }

    private void RefuseAll(GenerationRefusal reason, string text)
    {
        foreach (GenerationRequest request in _requests.Values.Where(r => r.Sequence is null).ToList()) Refuse(request, reason, text);
    }

    private void FailAll(GenerationFault fault, GenerationRefusal refusal, string text)
    {
        foreach (GenerationRequest request in _requests.Values.ToList())
        {
            if (request.Sequence is null)
            {
                Refuse(request, refusal, text);
                continue;
            }

            // What the wave's thread may be using is disposed there.
            if (!request.IsInWave) request.Sequence.Dispose();
            Answer(request, new GenerationFailed(request.Id, fault, text, request.FinalUsage(Now)));
        }

        CancelWave();
    }

    private void Answer(GenerationRequest request, IEnd end)
    {
        request.Registration.Unregister();
        // What the wave's thread may be using is disposed when the wave is through.
        if (!request.IsInWave) request.Processor?.Dispose();
        _requests.Remove(request.Id);
        _line.Remove(request);
        _active.Remove(request);
        Unwatch(request);
        if (!request.IsAbandoned) request.Requester.Tell(end);
    }

    private void Watch(GenerationRequest request)
    {
        // The mailbox of an ask is not an actor: its end says nothing about who reads the answers.
        if (LayerCacheActor.IsAsk(request.Requester) || request.Requester.IsNobody()) return;
        if (!_requesters.TryGetValue(request.Requester, out HashSet<GenerationRequest>? requests))
        {
            _requesters.Add(request.Requester, requests = []);
            Context.Watch(request.Requester);
        }

        requests.Add(request);
    }

    private void Unwatch(GenerationRequest request)
    {
        if (!_requesters.TryGetValue(request.Requester, out HashSet<GenerationRequest>? requests) || !requests.Remove(request) || requests.Count > 0) return;
        _requesters.Remove(request.Requester);
        Context.Unwatch(request.Requester);
    }

    private sealed record Encoded(GenerationRequest Request, EncodedPrompt Prompt, Exception? Failure) : INoSerializationVerificationNeeded;
}
