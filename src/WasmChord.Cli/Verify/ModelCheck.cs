using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>Checks all data of a model on two threads, in bounded memory.</summary>
internal sealed class ModelCheck
{
    private const int Threads = 2;

    // Pieces of tensors that the image does not hold: as large as its tiles.
    private const long PieceBytes = 16L << 20;

    private readonly GgufModel _model;
    private readonly ChecksumTable _known;
    private readonly VerifyProblem?[] _problems;
    private readonly ulong[] _checksums;
    private int _verified, _missing;
    private long _blocks;

    public ModelCheck(GgufModel model)
    {
        _model = model;
        _known = ChecksumTable.LoadBeside(model.Files.Select(f => f.Name));
        Extents = [.. SegmentsOf(model).Concat(model.Manifest.Unknown.SelectMany(PiecesOf)).OrderBy(e => e.Tensor.FileIndex).ThenBy(e => e.FileOffset)];
        _problems = new VerifyProblem?[Extents.Length];
        _checksums = new ulong[Extents.Length];
    }

    /// <summary>What is checked, in file order: the segments of the default image, and what it does not hold.</summary>
    public Extent[] Extents { get; }

    /// <summary>The first problem of each extent, in file order.</summary>
    public IEnumerable<VerifyProblem> Problems => _problems.OfType<VerifyProblem>();

    /// <summary>Extents whose checksum agrees with the checksum file.</summary>
    public int ChecksumsVerified => _verified;

    /// <summary>Extents that no checksum file speaks of.</summary>
    public int ChecksumsMissing => _missing;

    /// <summary>Blocks that were looked at.</summary>
    public long Blocks => _blocks;

    /// <summary>Checks everything.</summary>
    public void Run(JobProgress progress, CancellationToken cancellationToken)
    {
        using ModelReader reader = new(_model);
        ParallelOptions options = new() { MaxDegreeOfParallelism = Threads, CancellationToken = cancellationToken };
        Parallel.For(0, Extents.Length, options, () => new ExtentChecker(reader), (i, _, checker) =>
        {
            _problems[i] = Check(i, checker);
            progress.Add(Extents[i].ByteLength);
            return checker;
        },
        static _ => { });
    }

    /// <summary>Writes the checksums of all extents, one file beside each of the model's.</summary>
    /// <returns>The paths.</returns>
    public string[] WriteChecksums()
    {
        string[] paths = new string[_model.Files.Count];
        for (int file = 0; file < paths.Length; file++)
        {
            IEnumerable<ChecksumExtent> extents = Extents.Index()
                .Where(e => e.Item.Tensor.FileIndex == file)
                .Select(e => new ChecksumExtent(e.Item.FileOffset, e.Item.ByteLength, _checksums[e.Index]));
            paths[file] = ChecksumFile.PathFor(_model.Files[file].Name);
            new ChecksumFile(_model.Files[file].Length, extents).Save(paths[file]);
        }

        return paths;
    }

    private static IEnumerable<Extent> SegmentsOf(GgufModel model)
    {
        if (model.Manifest.Layers.Count == 0) return [];
        SegmentTable table = ImageLayout.Create(model.Tensors, model.Manifest.Layers, new ImageOptions()).Segments;
        Extent[] extents = new Extent[table.Count];
        foreach (Segment s in table.Segments) extents[s.Id.Value] = new Extent(model.Tensors[s.TensorIndex], s.TensorByteOffset, s.FileByteLength);
        return extents;
    }

    private static IEnumerable<Extent> PiecesOf(TensorInfo tensor)
    {
        long typeSize = GgmlTypeTraits.For(tensor.Type).TypeSize, step = PieceBytes / typeSize * typeSize;
        for (long at = 0; at < tensor.ByteLength; at += step) yield return new Extent(tensor, at, Math.Min(step, tensor.ByteLength - at));
    }

    private VerifyProblem? Check(int index, ExtentChecker checker)
    {
        Extent extent = Extents[index];
        TensorInfo tensor = extent.Tensor;
        GgmlTypeTraits traits = GgmlTypeTraits.For(tensor.Type);
        string file = _model.Files[tensor.FileIndex].Name;
        long? bad;
        try
        {
            bad = checker.Check(extent);
        }
        catch (ToolException e)
        {
            return new VerifyProblem(tensor.Name, null, extent.FileOffset, e.Message);
        }

        _checksums[index] = checker.Checksum;
        Interlocked.Add(ref _blocks, extent.ByteLength / traits.TypeSize);
        if (!_known.TryGet(tensor.FileIndex, extent.FileOffset, extent.ByteLength, out ulong expected))
            Interlocked.Increment(ref _missing);
        else if (expected == checker.Checksum)
            Interlocked.Increment(ref _verified);
        else
            return new VerifyProblem(tensor.Name, null, extent.FileOffset,
                $"{file}: tensor '{tensor.Name}', {extent.ByteLength} bytes at {extent.FileOffset}: checksum {checker.Checksum:x16}, but {ChecksumFile.Suffix} says {expected:x16}");

        if (bad is not { } block) return null;
        long offset = tensor.FileOffset + block * traits.TypeSize;
        return new VerifyProblem(tensor.Name, block, offset, $"{file}: tensor '{tensor.Name}' ({traits.Name}), block {block} at {offset}: holds values that are not finite");
    }
}
