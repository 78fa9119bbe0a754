using FsCheck.Xunit;

namespace WasmChord.Memory64.Tests;

/// <summary>Random operations on the cache and on a naive model of it; both must do and hold the same after each.</summary>
public class LayerCacheModelTests
{
    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Scan)]
    [InlineData(EvictionPolicyKind.Auto)]
    public void RandomOperations_OnManySeeds_AgreeWithModel(EvictionPolicyKind kind)
    {
        for (int seed = 0; seed < 60; seed++) new Run(kind, seed).Steps(400);
    }

    [Property(MaxTest = 60)]
    public void RandomOperations_OnAnySeed_AgreeWithModel(int seed, byte kind) =>
        new Run((EvictionPolicyKind)(kind % 3), seed).Steps(150);

    private sealed class Run
    {
        private readonly Random _random;
        private readonly string _name;
        private readonly SegmentTable _table;
        private readonly CacheLimits _limits;
        private readonly NaivePolicy _policy;
        private readonly LayerCache _cache;
        private readonly ResidencyModel _model;
        private readonly List<LoadTicket> _inFlight = [];
        private readonly Dictionary<RequestId, int> _answers = [];
        private long _requests;
        private long _now;
        private long _bytesRead;
        private readonly bool _populates;
        private bool _overBudget;

        public Run(EvictionPolicyKind kind, int seed)
        {
            _name = $"{kind}, seed {seed}";
            _random = new Random(seed);
            // Lengths around the frame's, so that frames are shared by two, three and more segments, and some span several.
            int[] lengths = [.. Enumerable.Range(0, _random.Next(4, 24)).Select(_ => _random.Next(4) switch
            {
                0 => _random.Next(1, 1500),
                1 => 4096,
                _ => _random.Next(2000, 14000),
            })];
            _table = CacheBench.Packed(lengths, _random.Next(1, 4));
            _limits = new CacheLimits(
                Math.Max(3, _random.Next(_table.FrameCount)) * _table.FrameBytes + _random.Next(4096),
                _random.Next(0, 5), _random.Next(0, 40_000), _random.Next(0, 3));
            _populates = _random.Next(2) == 0;
            _policy = new NaivePolicy(EvictionPolicy.Create(kind, _table), _table);
            _cache = new LayerCache(_table, _limits, _policy);
            _model = new ResidencyModel(_table, _limits);
        }

        public void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                string operation = "";
                try
                {
                    operation = Step();
                    Compare();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    throw new InvalidOperationException($"{_name}, step {i}, {operation}: {e.Message}", e);
                }
            }
            WindDown();
        }

        private string Step()
        {
            _policy.Victims.Clear();
            switch (_random.Next(23))
            {
                case < 7:
                    Acquire();
                    return "acquire";
                case < 10 when _model.Leases.Count > 0:
                    LeaseId lease = _model.Leases[_random.Next(_model.Leases.Count)].Id;
                    Assert.True(_cache.Release(lease));
                    Assert.False(_cache.Release(lease));
                    Replay(() => _model.Release(lease));
                    return "release";
                case < 14:
                    if (_inFlight.Count == 0 || _random.Next(2) == 0) Start();
                    else End(_random.Next(6) != 0);
                    return "load";
                case 14 when _model.Open.Count > 0:
                    RequestId open = _model.Open[_random.Next(_model.Open.Count)].Id;
                    Assert.True(_cache.Cancel(open));
                    Replay(() => _model.Cancel(open));
                    return "cancel";
                case 15:
                    var owner = new OwnerId(_random.Next(8));
                    Assert.Equal(_model.Leases.Where(l => l.Request.Owner == owner).Select(l => (LeaseId?)l.Id).SingleOrDefault(), _cache.OwnerGone(owner));
                    Replay(() => _model.OwnerGone(owner));
                    return "owner gone";
                case 16:
                    _now += _random.Next(15);
                    _cache.Expire(_now);
                    Replay(() => _model.Expire(_now));
                    return "expire";
                case < 19:
                    int[] ahead = Some(6);
                    int queued = _cache.Prefetch(Ids(ahead));
                    Replay(() => _model.Prefetch(ahead, queued));
                    return "prefetch";
                case 19 when _random.Next(3) == 0:
                    long budget = Math.Max(1, _random.Next(_table.FrameCount + 2)) * _table.FrameBytes;
                    _cache.Resize(budget);
                    Replay(() => _model.Resize(budget));
                    return "resize";
                case 22 when _populates:
                    long present = _random.Next(_table.FrameCount + 2) * _table.FrameBytes;
                    _cache.SetPresent(present);
                    Replay(() => _model.Present = (int)(present / _table.FrameBytes));
                    return "present";
                case 21 when _random.Next(2) == 0:
                    int[] warm = Some(8);
                    _cache.Warm(Ids(warm));
                    _model.Warm(warm);
                    return "warm";
                case 20 when _random.Next(4) == 0:
                    _cache.EvictAll();
                    Replay(_model.EvictAll);
                    return "evict all";
                default:
                    Declare();
                    return "declare";
            }
        }

        private void Acquire()
        {
            var request = new RequestId(++_requests);
            var owner = new OwnerId(_random.Next(8));
            int[] segments = _random.Next(3) == 0 ? Some(4) : Layer();
            long deadline = _now + _random.Next(0, 40);
            _answers[request] = 0;
            bool mayWait = _random.Next(4) != 0;
            _cache.Acquire(request, owner, Ids(segments), deadline, _now, mayWait);
            Replay(() => _model.Acquire(request, owner, segments, deadline, _now, mayWait));
        }

        private void Declare()
        {
            if (_random.Next(3) == 0) _cache.EndOrder();
            else _cache.DeclareOrder(Ids(Some(12)), _random.Next(2) == 0, _random.Next(2) == 0 ? new OwnerId(_random.Next(8)) : null);
            Replay(() => { });
        }

        private void Start()
        {
            if (!_cache.TryStartLoad(out LoadTicket ticket))
            {
                Assert.DoesNotContain(ResidencyModel.State.Queued, _model.States);
                Assert.Null(_model.NextWarm(_inFlight.Count));
                return;
            }
            int[] fresh = [];
            Replay(() => fresh = _model.Start(ticket.Segment.Value, ticket.Demanded, _inFlight.Count));
            _inFlight.Add(ticket);
            Assert.Equal(fresh, Enumerable.Range(ticket.NewFrames.First, ticket.NewFrames.Count));
        }

        private void End(bool well)
        {
            LoadTicket ticket = _inFlight[_random.Next(_inFlight.Count)];
            _inFlight.Remove(ticket);
            if (well)
            {
                Assert.True(_cache.LoadSucceeded(ticket, 10));
                _bytesRead += 10;
            }
            else Assert.True(_cache.LoadFailed(ticket, "broken"));
            Replay(() =>
            {
                if (well) _model.Succeed(ticket.Segment.Value);
                else _model.Fail(ticket.Segment.Value);
            });
            Assert.False(_cache.LoadSucceeded(ticket, 10));
        }

        private void Replay(Action operation)
        {
            _model.ExpectVictims(_policy.Victims);
            operation();
            _model.FinishOperation();
        }

        private void Compare()
        {
            _cache.CheckIntegrity();
            List<string> answers = [];
            List<(int, FrameRange)> freed = [];
            while (_cache.TryDequeue(out CacheEffect e))
            {
                if (e.Kind == CacheEffectKind.FramesFreed)
                {
                    freed.Add((e.Segment.Value, e.Frames.Count == 0 ? default : e.Frames));
                    continue;
                }
                Assert.Equal(1, ++_answers[e.Request]);
                answers.Add(e.Kind == CacheEffectKind.Granted ? $"{e.Request} granted {e.Lease}" : $"{e.Request} {e.Reason}");
            }
            Assert.Equal(_model.TakeAnswers(), answers.Order(StringComparer.Ordinal));
            Assert.Equal(_model.TakeFreed().Order(Comparer<(int, FrameRange)>.Create(ByFrames)), freed.Order(Comparer<(int, FrameRange)>.Create(ByFrames)));
            for (int s = 0; s < _table.Count; s++)
                Assert.Equal(_model.States[s] == ResidencyModel.State.Resident, _cache.IsResident(new SegmentId(s)));
            Assert.Equal(_model.NextDeadline, _cache.NextDeadline);
            CompareStatistics(_cache.Snapshot());
        }

        private void CompareStatistics(CacheStatistics s)
        {
            long frame = _table.FrameBytes;
            Assert.Equal((_model.Hits, _model.Misses, _model.Joins, _model.PrefetchHits), (s.Hits, s.Misses, s.Joins, s.PrefetchHits));
            Assert.Equal(_model.Frames(_model.Used) * frame, s.UsedBytes);
            Assert.Equal(s.UsedBytes, s.ResidentBytes + s.ReservedBytes);
            Assert.Equal(Enumerable.Range(0, _table.Count).Count(_model.IsPinned), s.PinnedSegments);
            Assert.Equal((_model.Waiting.Count(), _model.Leases.Count, _inFlight.Count), (s.WaitingRequests, s.Leases, s.LoadsInFlight));
            Assert.Equal(_bytesRead, s.BytesRead);
            Assert.True(_model.Waiting.Count() <= _limits.MaxWaitingRequests);
            // Over the budget only after a shrink, and then with nothing left that could be given up.
            bool over = s.UsedBytes > s.TargetBytes;
            if (over) Assert.Equal(_model.Frames(_model.IsHeld) * frame, s.UsedBytes);
            _overBudget |= _model.Budget < _limits.BudgetBytes;
            if (!_overBudget) Assert.True(s.PeakBytes <= s.TargetBytes || _model.Budget != _limits.BudgetBytes);
        }

        /// <summary>Everything comes to rest: every request answered, every pin gone, every frame given back.</summary>
        private void WindDown()
        {
            for (int guard = 0; _model.Open.Count + _model.Leases.Count + _inFlight.Count > 0 && guard < 10_000; guard++)
            {
                _policy.Victims.Clear();
                if (_model.Leases.Count > 0)
                {
                    LeaseId lease = _model.Leases[0].Id;
                    Assert.True(_cache.Release(lease));
                    Replay(() => _model.Release(lease));
                }
                else if (_inFlight.Count > 0) End(true);
                else Start();
                Compare();
            }
            Assert.All(_answers, a => Assert.Equal(1, a.Value));
            Assert.Equal((0, 0, 0), (_cache.Snapshot().PinnedSegments, _cache.Snapshot().Leases, _cache.Snapshot().WaitingRequests));
            _policy.Victims.Clear();
            _cache.EvictAll();
            Replay(_model.EvictAll);
            Compare();
            Assert.Equal(0, _cache.UsedBytes);
        }

        private int[] Some(int most) => [.. Enumerable.Range(0, _random.Next(1, most + 1)).Select(_ => _random.Next(_table.Count))];

        private int[] Layer()
        {
            ReadOnlySpan<Segment> layer = _table.Of(_table.Layers[_random.Next(_table.Layers.Count)]);
            return [.. layer.ToArray().Select(s => s.Id.Value)];
        }

        private static SegmentId[] Ids(int[] segments) => [.. segments.Select(s => new SegmentId(s))];

        private static int ByFrames((int Segment, FrameRange Frames) a, (int Segment, FrameRange Frames) b) =>
            (a.Segment, a.Frames.First, a.Frames.Count).CompareTo((b.Segment, b.Frames.First, b.Frames.Count));
    }
}
